import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Makes metrics of one registry. `help` is the text that Prometheus shows for the metric. */
export interface Instruments {
  readonly counter: <Label extends string>(name: string, help: string, ...labels: Label[]) => Counter<Label>;
  readonly gauge: (name: string, help: string) => Gauge;
  /** `buckets`: the upper bounds of the buckets, in the unit of the metric. */
  readonly histogram: <Label extends string>(
    name: string,
    help: string,
    buckets: number[],
    ...labels: Label[]
  ) => Histogram<Label>;
}

export function instrumentsOf(registry: Registry): Instruments {
  const registers = [registry];
  return {
    counter: (name, help, ...labelNames) => new Counter({ name, help, labelNames, registers }),
    gauge: (name, help) => new Gauge({ name, help, registers }),
    histogram: (name, help, buckets, ...labelNames) =>
      new Histogram({ name, help, buckets, labelNames, registers }),
  };
}
