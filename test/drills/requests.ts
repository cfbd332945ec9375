import { randomBytes } from 'node:crypto';
import { demo } from '../../src/emulator/index.js';
import type { GraphQLAnswer, Poster } from '../exactly-once/post.js';
import { jobDocument } from '../exactly-once/mutations.js';
import { outcomeOf, type Payload, type Told } from '../exactly-once/told.js';

const RUN = [demo.accountId, demo.projectId, demo.live.targetGroupId, demo.live.fieldingRunId].join('/');
const GROUP = [demo.accountId, demo.projectId, demo.secondLive.targetGroupId].join('/');
const authorization = `Bearer ${demo.token}`;

export interface LoadAnswer extends GraphQLAnswer<Readonly<Record<string, unknown>>> {
  /** Of a mutation: what the client knows now. */
  readonly told?: Told;
}

/** One call of the Demand API. */
export async function read(gateway: Poster): Promise<LoadAnswer> {
  return await gateway.post(
    'query ($id: ID!) { fieldingRun(id: $id) { version status } }',
    { id: RUN },
    { authorization },
  );
}

/** One call that creates something, with a key of its own. */
export async function create(gateway: Poster, key: string): Promise<LoadAnswer> {
  const traceId = randomBytes(16).toString('hex');
  const answer = await gateway.post<{ pauseTargetGroups: Payload | null }>(
    jobDocument('pauseTargetGroups', false),
    { input: { targetGroupIds: [GROUP], idempotencyKey: key } },
    { authorization, traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
  );
  const asked = {
    kind: 'job',
    mutation: 'pauseTargetGroups',
    targetGroupIds: [demo.secondLive.targetGroupId],
    key,
  } as const;
  const outcome = outcomeOf(answer.data?.pauseTargetGroups, answer.errors ?? []);
  return { ...answer, told: { traceId, asked, outcome } };
}

/** Three reads to one creation. */
export async function mixed(gateway: Poster, number: number): Promise<LoadAnswer> {
  return number % 4 === 0 ? await create(gateway, `drill-${number}`) : await read(gateway);
}
