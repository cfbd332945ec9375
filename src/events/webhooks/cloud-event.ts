import { isUtf8 } from 'node:buffer';
import { Ajv, type AnySchemaObject, type ErrorObject, type ValidateFunction } from 'ajv';
import { WebhookEventType } from '../../contract/demand-api.js';
import { isJsonObject } from '../../json-value.js';
import { isAccountId } from '../../account-id.js';
import { isSegment } from '../../upstream/resources/resource-ref.js';
import type { ChangeHint } from '../hints.js';

/** The parts of a CloudEvent 1.0 in JSON (structured mode) that the gateway uses. */
export interface CloudEvent {
  /** `source` and `id` identify an event together. */
  readonly source: string;
  readonly id: string;
  /** For example `com.cint.target-group.updated`. */
  readonly type: string;
  /** What may have changed; undefined if the event names no target group, or is of a type that the gateway does not know. */
  readonly hint: ChangeHint | undefined;
}

/** `message` names the property that is wrong. It contains no values. */
export class MalformedEventError extends Error {
  override readonly name = 'MalformedEventError';
}

const NO_EVENT = 'The body must be a CloudEvent as a JSON object.';

interface Envelope {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly data?: unknown;
}

interface TargetGroupData {
  readonly account_id: number | string;
  readonly project_id: string;
  readonly target_group_id: string;
}

let ajv: Ajv | undefined;

/** A validator that is compiled when the first event arrives: most processes receive none. */
function validator<Data>(schema: AnySchemaObject): () => ValidateFunction<Data> {
  let validate: ValidateFunction<Data> | undefined;
  return () => {
    ajv ??= new Ajv({ allowUnionTypes: true })
      .addFormat('account-id', { type: 'string', validate: isAccountId })
      .addFormat('segment', { type: 'string', validate: isSegment });
    return (validate ??= ajv.compile<Data>(schema));
  };
}

const nonEmpty = { type: 'string', minLength: 1 };

/** CloudEvents 1.0.2, 3.1. Attributes that are not needed are not checked: times have been seen with a space in them. */
const envelope = validator<Envelope>({
  type: 'object',
  required: ['specversion', 'id', 'source', 'type'],
  properties: { specversion: { const: '1.0' }, id: nonEmpty, source: nonEmpty, type: nonEmpty },
});

const MAX_INT32 = 2 ** 31 - 1;
const segment = { type: 'string', format: 'segment' };

const targetGroupData = validator<TargetGroupData>({
  type: 'object',
  required: ['account_id', 'project_id', 'target_group_id'],
  properties: {
    account_id: { type: ['integer', 'string'], format: 'account-id', minimum: 0, maximum: MAX_INT32 },
    project_id: segment,
    target_group_id: segment,
  },
});

/**
 * Reads the body of a delivery.
 *
 * @throws {MalformedEventError} if it is no CloudEvent, or if the ids in it are unusable
 */
export function readCloudEvent(body: Buffer): CloudEvent {
  const event = parseBody(body);
  const isEnvelope = envelope();
  if (!isEnvelope(event)) throw malformed('', isEnvelope.errors);
  const { source, id, type, data } = event;
  return { source, id, type, hint: hintIn(type, data) };
}

function parseBody(body: Buffer): unknown {
  try {
    if (isUtf8(body)) return JSON.parse(body.toString()) as unknown;
  } catch {
    // As if it were not UTF-8.
  }
  throw new MalformedEventError(NO_EVENT);
}

/** The names by which webhooks subscribe to events. `com.cint.target-group.updated` is `target-group-updated`. */
const EVENT_TYPES: ReadonlySet<string> = new Set(Object.values(WebhookEventType));

function hintIn(type: string, data: unknown): ChangeHint | undefined {
  const name = type.replace(/^com\.cint\./, '').replaceAll('.', '-');
  if (!EVENT_TYPES.has(name)) return undefined;
  // Only the data of this type is documented. The others are taken as they come.
  if (name !== WebhookEventType.TargetGroupUpdated && !namesTargetGroup(data)) return undefined;
  const isTargetGroupData = targetGroupData();
  if (!isTargetGroupData(data)) throw malformed('data', isTargetGroupData.errors);
  return {
    accountId: String(data.account_id),
    projectId: data.project_id,
    targetGroupId: data.target_group_id,
  };
}

function namesTargetGroup(data: unknown): boolean {
  if (!isJsonObject(data)) return false;
  const names = Object.keys(data);
  return ['account_id', 'project_id', 'target_group_id'].every((name) => names.includes(name));
}

function malformed(root: string, errors: readonly ErrorObject[] | null | undefined): MalformedEventError {
  const error = errors?.[0];
  const { missingProperty = '' } = (error?.params ?? {}) as { readonly missingProperty?: string };
  const path = `${root}${error?.instancePath ?? ''}/${missingProperty}`.split('/').filter(Boolean).join('.');
  if (path === '') return new MalformedEventError(NO_EVENT);
  return new MalformedEventError(`\`${path}\` ${missingProperty === '' ? 'is invalid' : 'is missing'}.`);
}
