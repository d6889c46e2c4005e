/** A series' labels, its name among them. */
export type Series = Record<string, string>;

/** The labels that tell who gave a series, and by which way. */
const ORIGIN = ['job', 'instance', 'way', 'service.name', 'service_name', 'service.instance.id', 'service_instance_id'];

/** Name and labels, apart from who gave it. */
export function named(series: Series): string {
  const labels = Object.entries(series).filter(([label]) => !ORIGIN.includes(label));
  return labels
    .map(([label, value]) => `${label}=${value}`)
    .sort()
    .join(',');
}

/** What a server that speaks Prometheus' API answers. */
export async function dataOf<T>(url: string): Promise<T> {
  const { data } = (await (await fetch(url)).json()) as { data: T };
  return data;
}

/** Every series of ours of the last five minutes, also what has only just arrived. */
export async function allSeries(url: string): Promise<Series[]> {
  await fetch(`${url}/internal/force_flush`);
  const match = encodeURIComponent('{__name__=~"twinleg_.+"}');
  return await dataOf(`${url}/api/v1/series?match[]=${match}&start=${Date.now() / 1000 - 300}`);
}
