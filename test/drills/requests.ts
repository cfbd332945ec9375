import { randomBytes } from 'node:crypto';
import { demo } from '../../src/emulator/index.js';
import type { GraphQLAnswer, Poster } from '../exactly-once/post.js';
import { credential } from '../exactly-once/credential.js';
import { jobDocument, runDocument } from '../exactly-once/mutations.js';
import { outcomeOf, type Payload, type Told } from '../exactly-once/told.js';

const RUN = [demo.accountId, demo.projectId, demo.live.targetGroupId, demo.live.fieldingRunId].join('/');
const GROUP = [demo.accountId, demo.projectId, demo.secondLive.targetGroupId].join('/');

export interface LoadAnswer extends GraphQLAnswer<Readonly<Record<string, unknown>>> {
  /** Of this request alone. */
  readonly traceId: string;
  /** Of a mutation: what the client knows now. */
  readonly told?: Told;
}

/** Three reads to one creation, each of which takes one call of the Demand API, shared with no other. */
export async function mixed(gateway: Poster, number: number): Promise<LoadAnswer> {
  const traceId = randomBytes(16).toString('hex');
  const headers = { authorization: credential(number), traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
  if (number % 4 !== 0) return { ...(await gateway.post(runDocument, { id: RUN }, headers)), traceId };
  const asked = {
    kind: 'job',
    mutation: 'pauseTargetGroups',
    targetGroupIds: [demo.secondLive.targetGroupId],
    key: `drill-${number}`,
  } as const;
  const begun = performance.now();
  const answer = await gateway.post<{ pauseTargetGroups: Payload | null }>(
    jobDocument(asked.mutation, false),
    { input: { targetGroupIds: [GROUP], idempotencyKey: asked.key } },
    headers,
  );
  const outcome = outcomeOf(answer.data?.pauseTargetGroups, answer.errors ?? []);
  return { ...answer, traceId, told: { traceId, asked, outcome, tookMs: performance.now() - begun } };
}
