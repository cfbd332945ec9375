import type { Registry } from 'prom-client';

/** All metrics of a process, as its primary adds them up. */
export type Snapshot = readonly {
  readonly name: string;
  /** `counter`, `gauge`, `histogram` or `summary`. */
  readonly type: string;
  /** How those of several processes become one: `sum` or, for example, `max`. */
  readonly aggregator: string;
  readonly values: readonly { readonly labels: object }[];
}[];

/** The library's types do not describe what it returns. */
export async function snapshotOf(registry: Pick<Registry, 'getMetricsAsJSON'>): Promise<Snapshot> {
  return (await registry.getMetricsAsJSON()) as unknown as Snapshot;
}
