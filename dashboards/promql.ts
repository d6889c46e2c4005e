/** A quantile of a histogram over the last moments. */
export const quantile = (q: number, name: string) =>
  `histogram_quantile(${q}, sum by (job, instance, le) (rate(twinleg_${name}_bucket[$__rate_interval])))`;

/** The mean of a histogram over the last moments. */
export const mean = (name: string, by = 'job, instance') =>
  `sum by (${by}) (rate(twinleg_${name}_sum[$__rate_interval])) / sum by (${by}) (rate(twinleg_${name}_count[$__rate_interval]))`;
