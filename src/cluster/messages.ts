import { Ajv } from 'ajv';
import type { FirstQuery } from '../operations/first-query.js';

/** The most characters of a finished job's body that are shared: those of a thousand target groups, each with its reason. */
export const MAX_BODY = 2 * 1024 * 1024;

/** A question to the memories that the primary keeps for all workers. Keys are digests. */
export type Ask =
  | { readonly about: 'claim'; readonly key: string; readonly fingerprint: string }
  | { readonly about: 'release'; readonly key: string; readonly use: number }
  | { readonly about: 'job'; readonly key: string }
  | { readonly about: 'job-created'; readonly key: string; readonly jobId: string }
  | { readonly about: 'job-finished'; readonly key: string; readonly body: string }
  | { readonly about: 'job-at-short-path'; readonly key: string };

/** The answer: what it has depends on the question. */
export interface Told {
  readonly use?: number | undefined;
  readonly createdId?: string | undefined;
  readonly finished?: string | undefined;
  readonly isAtShortPath?: boolean | undefined;
}

export type FromWorker =
  /** It listens to what it is told, and wants to know what to serve. */
  | { readonly type: 'here' }
  /** It serves, at this URL. */
  | { readonly type: 'ready'; readonly url: string }
  /** It cannot start. */
  | { readonly type: 'failed'; readonly message: string }
  /** How many connections it has. */
  | { readonly type: 'connections'; readonly count: number }
  | { readonly type: 'ask'; readonly id: number; readonly ask: Ask };

export type ToWorker =
  /** What to serve, and where. */
  | {
      readonly type: 'start';
      readonly port: number;
      readonly demandApiUrl?: string | undefined;
      readonly firstQuery?: FirstQuery | undefined;
    }
  /** It has too many connections: so many are to end with their next answers. */
  | { readonly type: 'shed'; readonly connections: number }
  /** Another has its place: it takes no more connections, and ends when those it has are over. */
  | { readonly type: 'retire' }
  /** The gateway closes. */
  | { readonly type: 'close' }
  /** The answer to a question; null where there is none. */
  | { readonly type: 'told'; readonly id: number; readonly told: Told | null };

const number = { type: 'integer', minimum: 0 };
const digest = { type: 'string', minLength: 43, maxLength: 43 };
const jobId = { type: 'string', maxLength: 1024 };
const body = { type: 'string', maxLength: MAX_BODY };

const ask = oneOf('about', {
  claim: { key: digest, fingerprint: digest },
  release: { key: digest, use: number },
  job: { key: digest },
  'job-created': { key: digest, jobId },
  'job-finished': { key: digest, body },
  'job-at-short-path': { key: digest },
});

const told = {
  ...object({
    'use?': number,
    'createdId?': jobId,
    'finished?': body,
    'isAtShortPath?': { type: 'boolean' },
  }),
  nullable: true,
};

const ajv = new Ajv({ discriminator: true, allowUnionTypes: true });

/** Whether a worker can have meant it. What is anything else is to be ignored. */
export const isFromWorker = ajv.compile<FromWorker>(
  oneOf('type', {
    here: {},
    ready: { url: { type: 'string' } },
    failed: { message: { type: 'string' } },
    connections: { count: number },
    ask: { id: number, ask },
  }),
);

/** Whether a primary can have meant it. */
export const isToWorker = ajv.compile<ToWorker>(
  oneOf('type', {
    start: {
      port: number,
      'demandApiUrl?': { type: 'string' },
      'firstQuery?': { type: 'object' },
    },
    shed: { connections: number },
    retire: {},
    close: {},
    told: { id: number, told },
  }),
);

/** Schemas of properties by their names; those that end with `?` can be missing. */
type Properties = Readonly<Record<string, object>>;

/** One of several kinds of object, told apart by one property. */
function oneOf(tag: string, kinds: Readonly<Record<string, Properties>>) {
  return {
    type: 'object',
    discriminator: { propertyName: tag },
    required: [tag],
    oneOf: Object.entries(kinds).map(([kind, properties]) =>
      object({ [tag]: { const: kind }, ...properties }),
    ),
  };
}

function object(properties: Properties) {
  const names = Object.keys(properties);
  return {
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, schema]) => [name.replace('?', ''), schema]),
    ),
    required: names.filter((name) => !name.endsWith('?')),
    additionalProperties: false,
  };
}
