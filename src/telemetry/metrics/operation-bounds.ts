import { LabelBounds } from './label-bounds.js';
import type { Snapshot } from './snapshot.js';

/** So many pairs of an operation's name and its client have series of their own. */
const MAX_OPERATIONS = 500;

export const OPERATIONS = 'fieldgate_operations_total';
export const DURATIONS = 'fieldgate_operation_duration_seconds';

interface OperationLabels {
  readonly operation: string;
  readonly type: string;
  readonly client: string;
}

const OTHER = 'other';

/** Bounds the series of operations, whose names and clients are chosen by whoever calls. */
export class OperationBounds {
  readonly #bounds = new LabelBounds(MAX_OPERATIONS);
  readonly #names = new Set<string>();

  /** @returns the labels as they are, or as those of all others where there are too many already */
  admit<Labels extends OperationLabels>(labels: Labels): Labels {
    const { operation, type, client } = labels;
    if (operation === OTHER && client === OTHER) return labels;
    if (this.#bounds.admit(`${client} ${type} ${operation}`) === undefined) {
      return { ...labels, operation: OTHER, client: OTHER };
    }
    this.#names.add(`${type} ${operation}`);
    return labels;
  }

  /** Applies the bound to the metrics of one of several processes: each process has the same bound, which their sum would exceed. */
  bound(snapshot: Snapshot): Snapshot {
    const counted = snapshot.map((metric) =>
      metric.name === OPERATIONS ? relabelled(metric, (labels) => this.admit(labels)) : metric,
    );
    return counted.map((metric) =>
      metric.name === DURATIONS ? relabelled(metric, (labels) => this.#named(labels)) : metric,
    );
  }

  #named(labels: OperationLabels): OperationLabels {
    return this.#names.has(`${labels.type} ${labels.operation}`) ? labels : { ...labels, operation: OTHER };
  }
}

function relabelled(
  metric: Snapshot[number],
  relabel: (labels: OperationLabels) => OperationLabels,
): Snapshot[number] {
  return {
    ...metric,
    values: metric.values.map((value) => ({ ...value, labels: relabel(value.labels as OperationLabels) })),
  };
}
