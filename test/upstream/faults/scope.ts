import type { CallScope } from '../../../src/upstream/http/call.js';
import { Cancellation } from '../../../src/cancellation.js';

export interface TestCaller {
  /** Default: `alice`. */
  readonly credentialKey?: string | undefined;
  /** Default: the `credentialKey`. */
  readonly principalKey?: string | undefined;
  /** In milliseconds. Default: a minute. */
  readonly deadlineIn?: number | undefined;
}

/** The scope of an operation that has a credential, for tests of single rules. */
export function callScope({
  credentialKey = 'alice',
  principalKey = credentialKey,
  deadlineIn = 60_000,
}: TestCaller = {}) {
  const callerGone = new Cancellation();
  const scope: CallScope = {
    principalKey,
    credentialKey,
    authorize: undefined,
    credential: {
      headers: { authorization: 'Bearer x' },
      isOwn: false,
      prepare: () => Promise.resolve(),
      reject: () => false,
    },
    trace: { traceId: '0123456789abcdef'.repeat(2), traceFlags: 0, traceState: undefined },
    deadline: performance.now() + deadlineIn,
    callerGone,
    sharing: undefined,
  };
  return { scope, callerGone };
}
