import { ERROR_CODES } from '../../error-codes.js';
import type { Recorder } from '../recorder.js';
import { shownName } from '../shown-name.js';
import type { Instruments } from './instruments.js';
import { DURATIONS, OperationBounds, OPERATIONS } from './operation-bounds.js';

const OPERATION_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15];

/** The codes that have a series. Plugins can set any other. */
const OUTCOMES: ReadonlySet<string> = new Set([
  'ok',
  ...ERROR_CODES,
  'BAD_REQUEST',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'CLIENT_GONE',
]);

/** Records GraphQL operations. */
export function operationMetrics({ counter, histogram }: Instruments): Pick<Recorder, 'operation'> {
  const labels = ['operation', 'type'] as const;
  const operations = counter(OPERATIONS, 'GraphQL operations', ...labels, 'client', 'outcome');
  const durations = histogram(
    DURATIONS,
    'Time from the arrival of an operation to its response',
    OPERATION_SECONDS,
    ...labels,
  );
  const bounds = new OperationBounds();
  return {
    operation({ name, type = 'unknown', client = '', outcome, seconds }) {
      const { client: who, ...named } = bounds.admit({
        operation: shownName(name ?? (type === 'unknown' ? 'unknown' : 'anonymous')),
        type,
        client: shownName(client),
      });
      operations.inc({ ...named, client: who, outcome: OUTCOMES.has(outcome) ? outcome : 'OTHER' });
      if (seconds !== undefined) durations.observe(named, seconds);
    },
  };
}
