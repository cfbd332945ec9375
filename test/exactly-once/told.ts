import type { GraphQLFormattedError } from 'graphql';
import type { ActionName, DraftName, JobName } from './mutations.js';

/** What one client asked for, once, and what became of it as far as the client can tell. */
export interface Told {
  /** Of this request alone, so that what was done upstream can be laid at its door. */
  readonly traceId: string;
  readonly asked: Asked;
  readonly outcome: Outcome;
  /** How long the answer took. */
  readonly tookMs: number;
  /** What went upstream for it, where that is known: how often the change was sent, and with which idempotency keys. */
  readonly sent?: Sent | undefined;
}

export interface Sent {
  readonly changes: number;
  readonly keys: readonly string[];
  /** Whether connections were cut meanwhile: an attempt on one that had just been cut was made, and is not seen upstream. */
  readonly connectionsCut?: boolean;
  /** Whether answers that told success may have proven nothing, so that the run was read to find out. */
  readonly successSpoilt?: boolean;
}

export type Asked = AskedAction | AskedJob;

export interface AskedAction {
  readonly kind: 'action';
  readonly mutation: ActionName;
  /** The raw id. */
  readonly fieldingRunId: string;
  readonly version: number;
  /** When the run is to end, where that is what is asked for. */
  readonly endAt?: string | undefined;
}

export interface AskedJob {
  readonly kind: 'job';
  readonly mutation: JobName | DraftName;
  /** Raw ids. */
  readonly targetGroupIds: readonly string[];
  /** When a draft is to be in field, where that is what is asked for. */
  readonly period?: string | undefined;
  readonly key: string | undefined;
}

/**
 * - `success`: the change was made; with the run's version, or the job's id, where they are shown
 * - `refused`: a user error
 * - `failed`: a GraphQL error which does not say that the outcome is unknown
 * - `unknown`: one that does
 * - `gone`: the client did not wait for the answer
 * - `nothing`: no answer, or one that makes no sense
 */
export type Outcome =
  | {
      readonly is: 'success';
      readonly version?: number | undefined;
      readonly jobId?: string | undefined;
      readonly key?: string | undefined;
    }
  | {
      readonly is: 'refused';
      readonly code: string;
      readonly key?: string | undefined;
      /** The version of the run that is shown as the current one. */
      readonly current?: number | undefined;
    }
  | { readonly is: 'failed' | 'unknown'; readonly code: string; readonly key?: string | undefined }
  | { readonly is: 'gone' }
  | { readonly is: 'nothing'; readonly why: string };

/** A mutation's payload, of either form. */
export interface Payload {
  readonly fieldingRun?: SeenRun | null;
  readonly batchJob?: { readonly id: string } | null;
  readonly draftLaunchJob?: { readonly id: string } | null;
  readonly idempotencyKey?: string;
  readonly userErrors: readonly { readonly code: string; readonly current?: SeenRun | null }[];
}

export interface SeenRun {
  readonly version: string;
  readonly status?: string;
}

/** What an answer says. A part of the payload that could not be read takes nothing away from the mutation's success. */
export function outcomeOf(
  payload: Payload | null | undefined,
  errors: readonly GraphQLFormattedError[],
): Outcome {
  if (payload) return outcomeOfPayload(payload, errors);
  const { code, outcomeUnknown, idempotencyKey } = errors[0]?.extensions ?? {};
  if (typeof code !== 'string') return { is: 'nothing', why: `No payload, and ${JSON.stringify(errors)}` };
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
    return { is: 'refused', code: userError.code, key, current };
  }
  if (fieldingRun === null && errors.length === 0) {
    return { is: 'nothing', why: 'Neither a run, nor why there is none' };
  }
  const version = fieldingRun ? Number(fieldingRun.version) : undefined;
  return { is: 'success', version, jobId: (batchJob ?? draftLaunchJob)?.id, key };
}
