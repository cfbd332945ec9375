import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { demo } from '../../../src/emulator/index.js';
import { credential } from '../../exactly-once/credential.js';
import type { GraphQLClient } from '../../exactly-once/graphql-client.js';
import {
  outcomeOf,
  type ActionRequest,
  type MutationResult,
  type Payload,
} from '../../exactly-once/mutation-result.js';
import { actionDocument, runDocument } from '../../exactly-once/mutations.js';
import type { RunState } from './subscribers.js';

/** The run that is changed. */
export const RUN_ID = [demo.accountId, demo.projectId, demo.live.targetGroupId, demo.live.fieldingRunId].join(
  '/',
);

const PAUSE_MS = 100;
const CREDENTIAL = 25_000;

export interface Changes {
  /** @returns all results, in order */
  stop(): Promise<readonly MutationResult[]>;
}

/** Pauses and resumes a run through a gateway, again and again. After an unknown outcome it looks, as clients have to. */
export function startChanges(client: GraphQLClient): Changes {
  const results: MutationResult[] = [];
  const stopping = new AbortController();
  const done = (async () => {
    let run = await read(client);
    while (!stopping.signal.aborted) {
      const result = await change(client, run);
      results.push(result);
      run =
        result.outcome.is === 'success'
          ? { version: String(result.outcome.version), status: run.status === 'LIVE' ? 'PAUSED' : 'LIVE' }
          : await read(client);
      await sleep(PAUSE_MS);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await done;
      return results;
    },
  };
}

async function change(client: GraphQLClient, { version, status }: RunState): Promise<MutationResult> {
  const request: ActionRequest = {
    kind: 'action',
    mutation: status === 'LIVE' ? 'pauseFieldingRun' : 'resumeFieldingRun',
    fieldingRunId: demo.live.fieldingRunId,
    version: Number(version),
  };
  const traceId = randomBytes(16).toString('hex');
  const begun = performance.now();
  const { data, errors = [] } = await client.post<Readonly<Record<string, Payload | null>>>(
    actionDocument(request.mutation, false),
    { input: { id: RUN_ID, version } },
    { authorization: credential(CREDENTIAL), traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
  );
  const outcome = outcomeOf(data?.[request.mutation], errors);
  return { traceId, request, outcome, tookMs: performance.now() - begun };
}

/** @throws Error if it cannot be read: a query is never lost with one gateway */
async function read(client: GraphQLClient): Promise<RunState> {
  const { data, errors } = await client.post<{ readonly fieldingRun: RunState }>(
    runDocument,
    { id: RUN_ID },
    { authorization: credential(CREDENTIAL) },
  );
  if (!data) throw new Error(`The run cannot be read: ${JSON.stringify(errors)}`);
  return data.fieldingRun;
}
