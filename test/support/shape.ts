import assert from 'node:assert/strict';

/** What a value must be: a type's name (`number?` may be null), one of some texts, all of a list, or an object's fields. */
export type Shape = string | RegExp | readonly [Shape] | { readonly [field: string]: Shape };

/** Fails with the path where a value has another shape. Fields beyond those named are allowed, lists must not be empty. */
export function assertShape(value: unknown, shape: Shape, path = '$'): void {
  if (typeof shape === 'string') {
    const type = value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value;
    const [wanted, nullable] = shape.endsWith('?') ? [shape.slice(0, -1), true] : [shape, false];
    assert.ok(type === wanted || (nullable && type === 'null'), `${path} is ${type}, not ${shape}`);
    if (type === 'number') assert.ok(Number.isFinite(value), path);
    // Times are milliseconds since the epoch, or lengths of time: whole either way.
    if (type === 'number' && /Ms$/.test(path)) assert.ok(Number.isInteger(value), `${path} is whole`);
  } else if (shape instanceof RegExp) assert.match(String(value), shape, path);
  else if (Array.isArray(shape)) {
    assert.ok(Array.isArray(value) && value.length > 0, `${path} is a list with something in it`);
    for (const [i, each] of value.entries()) assertShape(each, shape[0]!, `${path}[${i}]`);
  } else {
    assert.ok(typeof value === 'object' && value !== null && !Array.isArray(value), `${path} is an object`);
    for (const [field, inner] of Object.entries(shape)) {
      assert.ok(field in value, `${path}.${field} is there`);
      assertShape((value as Record<string, unknown>)[field], inner, `${path}.${field}`);
    }
  }
}
