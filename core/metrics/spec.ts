/** What a metric counts or measures in. */
export type Unit =
  | 'events'
  | 'seconds'
  | 'bytes'
  | 'percent'
  | 'ratio'
  | 'USDT'
  | 'bp'
  | 'KRW per USDT'
  | 'asset units'
  | 'messages'
  | 'positions'
  | 'entries'
  | 'flag';

/**
 * What serves or sends a metric: the one-process run; in the cloud the gateway, the functions that trade, those that speak with
 * the operator.
 */
export type MetricSource = 'run' | 'gateway' | 'function' | 'messenger';

/**
 * The values that a label can take: a list, or what the configuration bounds: the symbols of the universe, the assets
 * that they are traded in. Nothing that a venue says becomes a label's value.
 */
export type LabelValues = readonly string[] | 'symbols' | 'assets';

/** What a metric's name, help and labels are; every process gives the same series (SPEC §12). */
export interface MetricSpec {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly name: string;
  readonly unit: Unit;
  readonly help: string;
  readonly labels: Readonly<Record<string, LabelValues>>;
  /** One for each wiring; where the cloud has several, each tells what it did itself. */
  readonly sources: readonly MetricSource[];
  /** Upper bounds of a histogram. */
  readonly buckets?: readonly number[];
}

type Labels = Readonly<Record<string, LabelValues>>;

/** What a metric is made of, its kind apart. */
interface Text<L extends Labels, S extends readonly MetricSource[]> {
  readonly unit: Unit;
  readonly help: string;
  readonly labels: L;
  readonly sources: S;
}

export function counter<const L extends Labels, const S extends readonly MetricSource[]>(
  name: string,
  text: Text<L, S>,
) {
  return { kind: 'counter', name: `twinleg_${name}`, ...text } as const;
}

export function gauge<const L extends Labels, const S extends readonly MetricSource[]>(name: string, text: Text<L, S>) {
  return { kind: 'gauge', name: `twinleg_${name}`, ...text } as const;
}

export function histogram<const L extends Labels, const S extends readonly MetricSource[]>(
  name: string,
  text: Text<L, S> & { readonly buckets: readonly number[] },
) {
  return { kind: 'histogram', name: `twinleg_${name}`, ...text } as const;
}

/** Every combination of a metric's label values, with these symbols; none where a label is of assets. */
export function labelSets({ labels }: MetricSpec, symbols: readonly string[]): Record<string, string>[] {
  let sets: Record<string, string>[] = [{}];
  for (const [label, values] of Object.entries(labels)) {
    const all = values === 'symbols' ? symbols : values === 'assets' ? [] : values;
    sets = sets.flatMap((set) => all.map((value) => ({ ...set, [label]: value })));
  }
  return sets;
}
