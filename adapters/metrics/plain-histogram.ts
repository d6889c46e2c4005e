import { Histogram, type HistogramConfiguration } from 'prom-client';

type Configuration = Omit<HistogramConfiguration<string>, 'labelNames'> & { readonly buckets: readonly number[] };

/**
 * A histogram without labels that costs next to nothing to observe: some are observed for every frame, and the library's
 * own makes several objects each time.
 */
export class PlainHistogram extends Histogram {
  readonly #name: string;
  readonly #help: string;
  readonly #bounds: readonly number[];
  /** How many fell up to each bound and above the one before; the last: above all. */
  readonly #counts: Float64Array;
  #sum = 0;

  constructor({ buckets, ...config }: Configuration) {
    super({ ...config, buckets: [...buckets] });
    this.#name = config.name;
    this.#help = config.help;
    this.#bounds = buckets;
    this.#counts = new Float64Array(buckets.length + 1);
    // The library gives each instance its own.
    this.observe = (value: unknown) => this.#add(Number(value));
  }

  /** What the library makes its page and its values of. */
  async getForPromString() {
    const [name, sharedLabels] = [this.#name, {}];
    let count = 0;
    const values: object[] = [...this.#bounds, '+Inf'].map((le, i) => {
      count += this.#counts[i]!;
      return { labels: { le }, sharedLabels, value: count, metricName: `${name}_bucket`, exemplar: null };
    });
    values.push({ labels: {}, sharedLabels, value: this.#sum, metricName: `${name}_sum` });
    values.push({ labels: {}, sharedLabels, value: count, metricName: `${name}_count` });
    return { name, help: this.#help, type: 'histogram', values, aggregator: 'sum' };
  }

  #add(value: number): void {
    let at = 0;
    while (at < this.#bounds.length && value > this.#bounds[at]!) at++;
    this.#counts[at]!++;
    this.#sum += value;
  }
}
