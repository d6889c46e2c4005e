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

  /** `active`, `suppressed` or `unprocessed`; undefined where it knows no such alert. */
  async state(alertname: string): Promise<string | undefined> {
    const known = (await (await fetch(this.#url)).json()) as {
      labels: { alertname: string };
      status: { state: string };
    }[];
    return known.find(({ labels }) => labels.alertname === alertname)?.status.state;
  }
}
