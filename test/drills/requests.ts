import { randomBytes } from 'node:crypto';
import { demo } from '../../src/emulator/index.js';
import type { GraphQLResponse, GraphQLClient } from '../exactly-once/graphql-client.js';
import { credential } from '../exactly-once/credential.js';
import { jobDocument, runDocument } from '../exactly-once/mutations.js';
import { outcomeOf, type Payload, type MutationResult } from '../exactly-once/mutation-result.js';

const RUN = [demo.accountId, demo.projectId, demo.live.targetGroupId, demo.live.fieldingRunId].join('/');
const GROUP = [demo.accountId, demo.projectId, demo.secondLive.targetGroupId].join('/');

export interface LoadResponse extends GraphQLResponse<Readonly<Record<string, unknown>>> {
  /** Unique to this request. */
  readonly traceId: string;
  /** What the client learned from a mutation. */
  readonly result?: MutationResult;
}

/** Sends three reads for each job creation. Each makes one upstream call that is not shared. */
export async function sendMixed(gateway: GraphQLClient, number: number): Promise<LoadResponse> {
  const traceId = randomBytes(16).toString('hex');
  const headers = { authorization: credential(number), traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
  if (number % 4 !== 0) return { ...(await gateway.post(runDocument, { id: RUN }, headers)), traceId };
  const request = {
    kind: 'job',
    mutation: 'pauseTargetGroups',
    targetGroupIds: [demo.secondLive.targetGroupId],
    key: `drill-${number}`,
  } as const;
  const begun = performance.now();
  const response = await gateway.post<{ pauseTargetGroups: Payload | null }>(
    jobDocument(request.mutation, false),
    { input: { targetGroupIds: [GROUP], idempotencyKey: request.key } },
    headers,
  );
  const outcome = outcomeOf(response.data?.pauseTargetGroups, response.errors ?? []);
  return { ...response, traceId, result: { traceId, request, outcome, tookMs: performance.now() - begun } };
}
