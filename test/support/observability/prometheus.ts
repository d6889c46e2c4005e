/** Asks a server that speaks Prometheus' HTTP API. */
export class PromApi {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** Every value of a label, of series that match. */
  labelValues(label: string, match: string): Promise<string[]> {
    return this.#get(`label/${label}/values`, { 'match[]': match });
  }

  /** The series of a query over the last seconds, a point each second. */
  async range(query: string, seconds: number): Promise<RangeSeries[]> {
    const end = Date.now() / 1000;
    const asked = { query, start: String(end - seconds), end: String(end), step: '1' };
    return (await this.#get<{ result: RangeSeries[] }>('query_range', asked)).result;
  }

  /** The value of a query now; null where it has none. */
  async value(query: string): Promise<number | null> {
    const { result } = await this.#get<{ result: { value: [number, string] }[] }>('query', { query });
    return result[0] === undefined ? null : Number(result[0].value[1]);
  }

  async #get<T>(path: string, parameters: Record<string, string>): Promise<T> {
    const response = await fetch(`${this.#url}/api/v1/${path}?${new URLSearchParams(parameters)}`);
    const body = (await response.json()) as { status: string; data: T; error?: string };
    if (body.status !== 'success') throw new Error(`${parameters.query ?? path}: ${body.error}`);
    return body.data;
  }
}

export interface RangeSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [number, string])[];
}
