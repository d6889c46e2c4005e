/** What a rule's expression is written with: the labels that its sums keep, and what its series have to match. */
interface Scope {
  readonly by: string;
  readonly of: string;
}

/**
 * PromQL that judges each scraped process by itself, so that one's alert carries its instance; and what is pushed, the
 * parts of a stage in the cloud, together, as many short-lived instances share one figure.
 */
export function eachRun(expr: (scope: Scope) => string): string {
  return `${expr({ by: 'job, instance', of: 'job="twinleg"' })} or ${expr({ by: '', of: 'job!="twinleg"' })}`;
}

/** A counter that rose by more than so much within a window. */
export function risen(name: string, labels: string, window: string, more: string): string {
  return eachRun(
    ({ by, of }) =>
      `sum by (${by}) (increase(twinleg_${name}{${[of, labels].filter(Boolean).join(', ')}}[${window}])) ${more}`,
  );
}
