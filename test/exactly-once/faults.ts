import fc from 'fast-check';
import type { FaultRule } from '../helpers/emulator.js';

/** The timeout of one attempt, in milliseconds: `DEMAND_API_TIMEOUT_MS` of the gateways under test. */
export const ATTEMPT_TIMEOUT_MS = 60;

/** The longest delay of a fault: a request may still take effect this long after it was abandoned. */
export const MAX_DELAY_MS = ATTEMPT_TIMEOUT_MS + 40;

/** A way in which the Demand API, or something in front of it, fails without misreporting its effects. */
export interface Fault {
  readonly on: keyof typeof requests;
  /** Whether the fault occurs before or after the request takes effect. */
  readonly when: 'before' | 'after';
  /** The delay of the response, in milliseconds. */
  readonly delay: number;
  readonly end: End;
  readonly times: number;
}

/**
 * How the response ends: as the real one; with a connection that is reset, or breaks half-way through the body;
 * with a second half that comes too late; with the entity tag stripped or suffixed by a proxy; with a 408 once the
 * connection is idle; with a state from before the last change; or replaced by the given response.
 */
export type End =
  | 'real'
  | 'reset'
  | 'truncate'
  | 'late-body'
  | 'no-tag'
  | 'suffixed-tag'
  | 'idle-408'
  | 'stale'
  | 'no-json'
  | Substitute;
type Substitute =
  | '401'
  | '429'
  | '429-now'
  | '429-in-1s'
  | '500'
  | '502'
  | '503'
  | '503-html'
  | '504'
  | Undocumented
  | Unproven;
type Undocumented = '303' | '402' | '408' | '409' | '418' | '425' | '501';
/** 2xx responses that prove nothing: a page, an error body, and the version that the request was to change. */
type Unproven = 'page' | 'error-body' | 'own-tag' | 'no-content';

/** Whether the end of a response also ends its connection. */
export function closesConnections({ end }: Fault): boolean {
  return ['reset', 'truncate', 'late-body', 'idle-408'].includes(end);
}

/** Whether a 2xx response may prove nothing, so that the gateway reads the run to verify it. */
export function leavesSuccessUnproven({ end }: Fault): boolean {
  return ['no-tag', 'suffixed-tag', ...unproven].includes(end);
}

/** Whether a fault pauses all calls of the credential. */
export function startsCooldown({ end }: Fault): boolean {
  return end === '429' || end === '429-in-1s';
}

const requests = {
  action: { method: 'POST', path: '/fielding-runs/[^/]+/[a-z-]+$' },
  period: { method: 'PUT', path: '/fielding-runs/' },
  job: { method: 'POST', path: '/(?:batch-jobs|fielding-run-jobs)/' },
  write: { path: '/(?:fielding-runs/[^/]+/[a-z-]+|(?:batch-jobs|fielding-run-jobs)/[^/]+)$' },
  read: { method: 'GET', path: '/fielding-runs/' },
  any: { path: '.' },
} as const satisfies Record<string, Pick<FaultRule, 'method' | 'path'>>;

const HTML = '<html><body><h1>A proxy failed</h1></body></html>';

type FaultResponse = Pick<FaultRule, 'status' | 'headers' | 'body' | 'entity_tag'>;

const responses: Readonly<Record<Substitute | 'no-json', FaultResponse>> = {
  '401': { status: 401, body: { object: 'authorization_error', detail: 'The token is invalid.' } },
  '429': tooMany({}),
  '429-now': tooMany({ 'retry-after': '0' }),
  '429-in-1s': tooMany({ 'retry-after': '1' }),
  '500': { status: 500, body: { object: 'unexpected_internal_error', detail: 'It failed.' } },
  '502': { status: 502, body: HTML },
  '503': { status: 503, body: { object: 'unexpected_internal_error', detail: 'Down.' } },
  '503-html': { status: 503, headers: { 'content-type': 'text/html' }, body: HTML },
  '504': { status: 504, body: '' },
  '303': { status: 303, headers: { location: '/elsewhere' } },
  '402': { status: 402 },
  '408': { status: 408 },
  '409': { status: 409, body: { object: 'conflict', detail: 'Something else is happening.' } },
  '418': { status: 418 },
  '425': { status: 425 },
  '501': { status: 501, body: HTML },
  page: { status: 200, headers: { 'content-type': 'text/html' }, body: HTML },
  'error-body': {
    status: 200,
    body: { id: 'e-1', object: 'unexpected_internal_error', detail: 'It failed.' },
  },
  'own-tag': { status: 204, entity_tag: 'expected' },
  'no-content': { status: 204 },
  'no-json': { status: 200, headers: { 'content-type': 'application/json' }, body: '{"id": "01' },
};

export function ruleOf({ on, when, delay, end, times }: Fault): FaultRule {
  return {
    ...requests[on],
    times,
    after_effect: when === 'after',
    ...(delay > 0 && { delay_ms: delay }),
    ...effectOf(end),
  };
}

function effectOf(end: End): Partial<FaultRule> {
  switch (end) {
    case 'real':
      return {};
    case 'reset':
      return { reset: true };
    case 'truncate':
      return { truncate: true };
    case 'late-body':
      return { body_delay_ms: MAX_DELAY_MS };
    case 'no-tag':
      return { entity_tag: 'stripped' };
    case 'suffixed-tag':
      return { entity_tag: 'suffixed' };
    case 'idle-408':
      return { idle_timeout_ms: 2 };
    case 'stale':
      return { stale: true };
    default:
      return responses[end];
  }
}

function tooMany(headers: Readonly<Record<string, string>>): Partial<FaultRule> {
  return {
    status: 429,
    headers,
    body: { object: 'too_many_requests_problem_details', details: 'Too many requests.' },
  };
}

/** Up to a few times, so that some faults end within one call and others do not. */
const common = {
  times: fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 1, max: 3 }) },
    { weight: 1, arbitrary: fc.constant(50) },
  ),
  delay: fc.oneof(
    { weight: 4, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 25 }) },
    { weight: 2, arbitrary: fc.integer({ min: ATTEMPT_TIMEOUT_MS + 5, max: MAX_DELAY_MS }) },
  ),
};

const down: readonly End[] = ['500', '502', '503', '503-html', '504'];
const undocumented: readonly Undocumented[] = ['303', '402', '408', '409', '418', '425', '501'];
const unproven: readonly Unproven[] = ['page', 'error-body', 'own-tag', 'no-content'];

/** A rejected access token. In service mode the gateway requests another one and sends the call again. */
export const rejection: fc.Arbitrary<Fault> = fc.record<Fault>({
  on: fc.constantFrom('action', 'period', 'job', 'write', 'any'),
  when: fc.constant('before'),
  end: fc.constant('401'),
  times: fc.constantFrom(1, 1, 2),
  delay: fc.constantFrom(0, 5),
});

/** A 429 means that the request had no effect, so it only comes before. */
export const fault: fc.Arbitrary<Fault> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record<Fault>({
      on: fc.constantFrom('action', 'period', 'job', 'write', 'write', 'any'),
      when: fc.constantFrom('before', 'after', 'after'),
      end: fc.constantFrom('real', 'reset', 'reset', 'truncate', 'late-body', ...down),
      ...common,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record<Fault>({
      on: fc.constantFrom('action', 'period', 'job', 'write', 'write', 'any'),
      when: fc.constantFrom('before', 'after'),
      end: fc.constantFrom(...undocumented, ...unproven, ...unproven),
      ...common,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record<Fault>({
      on: fc.constantFrom('action', 'period', 'write', 'read', 'any'),
      when: fc.constant('after'),
      end: fc.constantFrom('no-tag', 'suffixed-tag', 'idle-408'),
      ...common,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record<Fault>({
      on: fc.constantFrom('action', 'period', 'job', 'write', 'read', 'any'),
      when: fc.constant('before'),
      end: fc.constantFrom('429', '429-now', '429-in-1s'),
      ...common,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record<Fault>({
      on: fc.constant('read'),
      when: fc.constantFrom('before', 'after'),
      end: fc.constantFrom(
        ...(['real', 'reset', 'truncate', 'late-body', 'no-json', 'stale', 'stale', 'stale'] as const),
        ...down,
        ...undocumented,
      ),
      ...common,
    }),
  },
);

/** Only delays, before or after the request takes effect. */
export const slowness: fc.Arbitrary<Fault> = fc.record<Fault>({
  on: fc.constantFrom('action', 'period', 'job', 'write'),
  when: fc.constantFrom('before', 'after'),
  end: fc.constant('real'),
  delay: fc.integer({ min: 5, max: 60 }),
  times: fc.constant(50),
});
