import type { Plan } from '../measure/rounds.js';
import type { OperationName } from '../operations/operations.js';

const CONNECTIONS = 50;

/** A round must be much longer than one request on all connections, so short rounds need few connections. */
const FEW_CONNECTIONS = 10;

/** All contestants, about a quarter of an hour. */
export const FULL: Plan = { warmUpSeconds: 8, rounds: 5, seconds: 4, connections: CONNECTIONS };

/** A few contestants, less than two minutes. */
export const QUICK: Plan = { warmUpSeconds: 2, rounds: 3, seconds: 2, connections: CONNECTIONS };
export const QUICK_CONTESTANTS: readonly string[] = ['proxy', 'fieldgate', 'mercurius'];

/** The gateway and the proxy, about forty seconds. */
export const CHECK: Plan = { warmUpSeconds: 3, rounds: 3, seconds: 1, connections: FEW_CONNECTIONS };
export const CHECK_OPERATIONS: readonly OperationName[] = ['run', 'list', 'fanout'];
