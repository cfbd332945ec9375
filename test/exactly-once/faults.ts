import fc from 'fast-check';
import type { FaultRule } from '../helpers/emulator.js';

/** One attempt, in milliseconds: `DEMAND_API_TIMEOUT_MS` of the gateways under test. */
export const ATTEMPT_MS = 60;

/** The longest that a fault holds a request back: so long after it was given up, it may still be carried out. */
export const LATEST_MS = ATTEMPT_MS + 40;

/** One way in which the Demand API, or what lies before it, fails without lying about what it did. */
export interface Fault {
  readonly on: keyof typeof requests;
  /** Whether the request is carried out before things go wrong. */
  readonly when: 'before' | 'after';
  /** How long the answer is held back, in milliseconds. */
  readonly delay: number;
  readonly end: End;
  readonly times: number;
}

/**
 * How it ends: with the real answer; a connection that is reset, or breaks half-way through the body; a body whose
 * second half comes too late; the real answer without its entity tag, or with a proxy's suffix to it; the real answer, and
 * a 408 once the connection is idle; a state from before the last change; or this answer in place of the real one.
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
  '429' | '429-now' | '429-in-1s' | '500' | '502' | '503' | '503-html' | '504' | Undocumented | Unproven;
type Undocumented = '303' | '402' | '408' | '409' | '418' | '425' | '501';
/** Answers with 2xx that prove nothing: a page, an error body, and the version that the request was to change. */
type Unproven = 'page' | 'error-body' | 'own-tag' | 'no-content';

/** Whether the end of an answer ends its connection, too. */
export function cutsConnections({ end }: Fault): boolean {
  return ['reset', 'truncate', 'late-body', 'idle-408'].includes(end);
}

/** Whether an answer with 2xx may not prove what it says, so that the run is read to find out. */
export function spoilsSuccess({ end }: Fault): boolean {
  return ['no-tag', 'suffixed-tag', ...unproven].includes(end);
}

const requests = {
  action: { method: 'POST', path: '/fielding-runs/[^/]+/[a-z-]+$' },
  period: { method: 'PUT', path: '/fielding-runs/' },
  job: { method: 'POST', path: '/(?:batch-jobs|fielding-run-jobs)/' },
  write: { path: '/(?:fielding-runs/[^/]+/[a-z-]+|(?:batch-jobs|fielding-run-jobs)/[^/]+)$' },
  read: { method: 'GET', path: '/fielding-runs/' },
  any: { path: '.' },
} as const satisfies Record<string, Pick<FaultRule, 'method' | 'path'>>;

const HTML = '<html><body><h1>Something in between is at fault</h1></body></html>';

type Answer = Pick<FaultRule, 'status' | 'headers' | 'body' | 'entity_tag'>;

const answers: Readonly<Record<Substitute | 'no-json', Answer>> = {
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
  '409': { status: 409, body: { object: 'conflict', detail: 'Something else is going on.' } },
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
      return { body_delay_ms: LATEST_MS };
    case 'no-tag':
      return { entity_tag: 'stripped' };
    case 'suffixed-tag':
      return { entity_tag: 'suffixed' };
    case 'idle-408':
      return { idle_timeout_ms: 2 };
    case 'stale':
      return { stale: true };
    default:
      return answers[end];
  }
}

function tooMany(headers: Readonly<Record<string, string>>): Partial<FaultRule> {
  return {
    status: 429,
    headers,
    body: { object: 'too_many_requests_problem_details', details: 'Too many requests.' },
  };
}

/** Times up to a few are over within one call; some faults go on. */
const common = {
  times: fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 1, max: 3 }) },
    { weight: 1, arbitrary: fc.constant(50) },
  ),
  delay: fc.oneof(
    { weight: 4, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 25 }) },
    { weight: 2, arbitrary: fc.integer({ min: ATTEMPT_MS + 5, max: LATEST_MS }) },
  ),
};

const down: readonly End[] = ['500', '502', '503', '503-html', '504'];
const undocumented: readonly Undocumented[] = ['303', '402', '408', '409', '418', '425', '501'];
const unproven: readonly Unproven[] = ['page', 'error-body', 'own-tag', 'no-content'];

/** 429 says that the request was not carried out, so that it only ever comes before. */
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

/** No fault but slowness, before or after the request is carried out. */
export const slowness: fc.Arbitrary<Fault> = fc.record<Fault>({
  on: fc.constantFrom('action', 'period', 'job', 'write'),
  when: fc.constantFrom('before', 'after'),
  end: fc.constant('real'),
  delay: fc.integer({ min: 5, max: 60 }),
  times: fc.constant(50),
});
