import type { GraphQLFormattedError } from 'graphql';
import type { ActionName, DraftName, JobName } from './mutations.js';

/** One mutation of a client, and its outcome as far as the client can tell. */
export interface MutationResult {
  /** Unique to this request, to attribute effects to it. */
  readonly traceId: string;
  readonly request: MutationRequest;
  readonly outcome: Outcome;
  /** The response time. */
  readonly tookMs: number;
  /** What was sent upstream, if known: how often, and with which idempotency keys. */
  readonly sent?: SentCalls | undefined;
}

export interface SentCalls {
  readonly changes: number;
  readonly keys: readonly string[];
  /** Whether faults closed connections: an attempt on a closed connection is not seen upstream. */
  readonly connectionsClosed?: boolean;
  /** Whether 2xx responses may have proven nothing, so that the gateway read the run to verify them. */
  readonly successUnproven?: boolean;
}

export type MutationRequest = ActionRequest | JobRequest;

export interface ActionRequest {
  readonly kind: 'action';
  readonly mutation: ActionName;
  /** The raw id. */
  readonly fieldingRunId: string;
  readonly version: number;
  /** The requested end of the run, if any. */
  readonly endAt?: string | undefined;
}

export interface JobRequest {
  readonly kind: 'job';
  readonly mutation: JobName | DraftName;
  /** Raw ids. */
  readonly targetGroupIds: readonly string[];
  /** The requested period of a draft, if any. */
  readonly period?: string | undefined;
  readonly key: string | undefined;
}

/**
 * - `success`: the change was made; with the run's version or the job's id, if shown
 * - `rejected`: a user error
 * - `failed`: a GraphQL error that does not mark the outcome as unknown
 * - `unknown`: a GraphQL error that does
 * - `gone`: the client did not wait
 * - `nothing`: no response, or an invalid one
 */
export type Outcome =
  | {
      readonly is: 'success';
      readonly version?: number | undefined;
      readonly jobId?: string | undefined;
      readonly key?: string | undefined;
    }
  | {
      readonly is: 'rejected';
      readonly code: string;
      readonly key?: string | undefined;
      /** The version that is shown as the current one. */
      readonly current?: number | undefined;
    }
  | { readonly is: 'failed' | 'unknown'; readonly code: string; readonly key?: string | undefined }
  | { readonly is: 'gone' }
  | { readonly is: 'nothing'; readonly why: string };

/** A payload of any of the mutations. */
export interface Payload {
  readonly fieldingRun?: VisibleRun | null;
  readonly batchJob?: { readonly id: string } | null;
  readonly draftLaunchJob?: { readonly id: string } | null;
  readonly idempotencyKey?: string;
  readonly userErrors: readonly { readonly code: string; readonly current?: VisibleRun | null }[];
}

export interface VisibleRun {
  readonly version: string;
  readonly status?: string;
}

/** Classifies a response. An error in a part of the payload does not affect the mutation's success. */
export function outcomeOf(
  payload: Payload | null | undefined,
  errors: readonly GraphQLFormattedError[],
): Outcome {
  if (payload) return outcomeOfPayload(payload, errors);
  const { code, outcomeUnknown, idempotencyKey } = errors[0]?.extensions ?? {};
  if (typeof code !== 'string') return { is: 'nothing', why: `No payload, but ${JSON.stringify(errors)}` };
  return {
    is: outcomeUnknown === true ? 'unknown' : 'failed',
    code,
    key: idempotencyKey as string | undefined,
  };
}

function outcomeOfPayload(
  { fieldingRun, batchJob, draftLaunchJob, idempotencyKey: key, userErrors }: Payload,
  errors: readonly GraphQLFormattedError[],
): Outcome {
  const [userError] = userErrors;
  if (userError !== undefined) {
    const current = userError.current ? Number(userError.current.version) : undefined;
    return { is: 'rejected', code: userError.code, key, current };
  }
  if (fieldingRun === null && errors.length === 0) {
    return { is: 'nothing', why: 'Neither a run nor an error' };
  }
  const version = fieldingRun ? Number(fieldingRun.version) : undefined;
  return { is: 'success', version, jobId: (batchJob ?? draftLaunchJob)?.id, key };
}
