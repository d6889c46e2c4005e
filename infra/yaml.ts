/** What a configuration file holds. */
export type Yaml = string | number | boolean | null | readonly Yaml[] | { readonly [key: string]: Yaml | undefined };

const PLAIN = /^[A-Za-z_][\w./-]*$/;
const RESERVED = /^(true|false|null|yes|no|on|off)$/i;

/** A value as YAML in block style; texts that could be read as anything else stand in double quotes. */
export function toYaml(value: Yaml): string {
  return `${block(value, '')}\n`;
}

function block(value: Yaml, indent: string): string {
  if (value === null || typeof value !== 'object') return scalar(value);
  if (isList(value)) {
    if (value.length === 0) return '[]';
    return value.map((item) => `${indent}- ${block(item, `${indent}  `).trimStart()}`).join('\n');
  }
  const entries = Object.entries(value).filter((entry): entry is [string, Yaml] => entry[1] !== undefined);
  if (entries.length === 0) return '{}';
  return entries.map(([key, item]) => `${indent}${scalar(key)}:${nested(item, indent)}`).join('\n');
}

function nested(value: Yaml, indent: string): string {
  const isBlock = value !== null && typeof value === 'object' && Object.keys(value).length > 0;
  return isBlock ? `\n${block(value, `${indent}  `)}` : ` ${block(value, '')}`;
}

function scalar(value: string | number | boolean | null): string {
  if (typeof value !== 'string') return String(value);
  return PLAIN.test(value) && !RESERVED.test(value) ? value : JSON.stringify(value);
}

function isList(value: object): value is readonly Yaml[] {
  return Array.isArray(value);
}
