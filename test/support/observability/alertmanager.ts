/** Asks a running Alertmanager, and tells it of alerts as Prometheus does. */
export class AlertmanagerApi {
  readonly #url: string;

  constructor(url: string) {
    this.#url = `${url}/api/v2/alerts`;
  }

  async fire(alertname: string, labels: Readonly<Record<string, string>>): Promise<void> {
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([{ labels: { alertname, ...labels } }]),
    });
    if (!response.ok) throw new Error(`Alertmanager answers ${response.status}: ${await response.text()}`);
  }

  /**
   * `active`, `suppressed` or `unprocessed`; undefined where it knows no such alert.
   *
   * @param having labels that it has; an empty one is a label that it does not have
   */
  async state(alertname: string, having: Readonly<Record<string, string>> = {}): Promise<string | undefined> {
    const known = (await (await fetch(this.#url)).json()) as {
      labels: Record<string, string>;
      status: { state: string };
    }[];
    const wanted = Object.entries({ alertname, ...having });
    return known.find(({ labels }) => wanted.every(([label, value]) => (labels[label] ?? '') === value))?.status.state;
  }
}
