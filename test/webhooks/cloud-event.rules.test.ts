import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  MalformedEventError,
  readCloudEvent,
  type CloudEvent,
} from '../../src/events/webhooks/cloud-event.js';
import { event, HINT, IDS } from './delivery.js';

function read(value: unknown): CloudEvent {
  return readCloudEvent(Buffer.from(JSON.stringify(value)));
}

/** The message with which an event is rejected. */
function fault(body: Buffer): string {
  try {
    readCloudEvent(body);
  } catch (error) {
    if (error instanceof MalformedEventError) return error.message;
    throw error;
  }
  throw new Error('The event was accepted.');
}

const faultIn = (value: unknown): string => fault(Buffer.from(JSON.stringify(value)));

function without(name: keyof typeof event): object {
  return Object.fromEntries(Object.entries(event).filter(([other]) => other !== name));
}

describe('An event of a target group', () => {
  test('gives a hint', () => {
    const { id, source, type } = event;
    expect(read(event)).toEqual({ id, source, type, hint: HINT });
  });

  test.each([
    ['with the account as text', { ...event, data: { ...event.data, account_id: '101' } }],
    ['with one user', { ...event, data: { ...event.data, user: { type: 'system_user' } } }],
    ['with nothing but what is needed', { ...event, time: 5, datacontenttype: null, data: IDS }],
    ['with extensions', { ...event, traceparent: '00-1-2-00', sequence: 7 }],
    ['with the name that webhooks subscribe with', { ...event, type: 'target-group-updated' }],
  ])('%s gives the same hint', (_how, given) => {
    expect(read(given).hint).toEqual(HINT);
  });

  test.each([
    ['account_id', undefined, 'missing'],
    ['account_id', null, 'invalid'],
    ['account_id', -1, 'invalid'],
    ['account_id', 1.5, 'invalid'],
    ['account_id', 2 ** 31, 'invalid'],
    ['account_id', '007', 'invalid'],
    ['account_id', '1/2', 'invalid'],
    ['account_id', true, 'invalid'],
    ['account_id', [101], 'invalid'],
    ['project_id', undefined, 'missing'],
    ['project_id', '', 'invalid'],
    ['project_id', '..', 'invalid'],
    ['project_id', 'P1/target-groups/T2', 'invalid'],
    ['project_id', 'a%2fb', 'invalid'],
    ['project_id', 'a'.repeat(129), 'invalid'],
    ['project_id', 5, 'invalid'],
    ['target_group_id', undefined, 'missing'],
    ['target_group_id', '../../202', 'invalid'],
    ['target_group_id', 'T1?x', 'invalid'],
    ['target_group_id', 'T1\n', 'invalid'],
    ['target_group_id', { toString: 'T1' }, 'invalid'],
  ])('is malformed if `%s` is %p', (name, value, how) => {
    const data = { ...event.data, [name]: value };
    expect(faultIn({ ...event, data })).toBe(`\`data.${name}\` is ${how}.`);
  });

  test.each([[undefined], [null], ['text'], [[]], [5]])('is malformed if `data` is %p', (data) => {
    expect(faultIn({ ...event, data })).toMatch(/^`data/);
  });
});

describe('The envelope', () => {
  test.each(['specversion', 'id', 'source', 'type'] as const)('needs `%s`', (name) => {
    expect(faultIn(without(name))).toBe(`\`${name}\` is missing.`);
    expect(faultIn({ ...event, [name]: '' })).toBe(`\`${name}\` is invalid.`);
    expect(faultIn({ ...event, [name]: 5 })).toBe(`\`${name}\` is invalid.`);
  });

  test.each(['0.3', '1.1', '2.0', '1', 1])('must not have the version %p', (specversion) => {
    expect(faultIn({ ...event, specversion })).toBe('`specversion` is invalid.');
  });

  test.each([
    ['nothing', ''],
    ['no JSON', '{"specversion":'],
    ['a list', JSON.stringify([event])],
    ['null', 'null'],
    ['text', '"text"'],
    ['a byte order mark', `\ufeff${JSON.stringify(event)}`],
    ['deep lists', '['.repeat(200_000)],
  ])('cannot be %s', (_what, body) => {
    expect(fault(Buffer.from(body))).toBe('The body must be a CloudEvent as a JSON object.');
  });

  test('must be UTF-8', () => {
    const body = Buffer.from(JSON.stringify({ ...event, source: 'caf\u00e9' }), 'latin1');
    expect(fault(body)).toBe('The body must be a CloudEvent as a JSON object.');
  });

  test('does not get properties from prototypes', () => {
    const body = `{"__proto__":${JSON.stringify(event)},"constructor":{"prototype":${JSON.stringify(event)}}}`;
    expect(fault(Buffer.from(body))).toBe('`specversion` is missing.');
  });
});

describe('An event of another type', () => {
  test.each(['com.cint.quota-fill.registered', 'com.cint.session.updated', 'session-updated'])(
    '%s gives a hint if it names a target group',
    (type) => {
      expect(read({ ...event, type, data: { ...IDS, completes: 5 } }).hint).toEqual(HINT);
    },
  );

  test.each([
    ['com.cint.quota-fill.registered', { account_id: 101, quota: 'Q' }],
    ['com.cint.session.updated', undefined],
    ['com.cint.session.updated', 'text'],
    ['com.cint.session.updated', [1]],
    ['com.cint.job.finished', event.data],
    ['org.example.target-group.updated', event.data],
    ['constructor', { project_id: '../..' }],
  ])('%s gives none if its data is %j', (type, data) => {
    expect(read({ ...event, type, data }).hint).toBeUndefined();
  });

  test('is malformed if the ids that it names are unusable', () => {
    const data = { ...IDS, project_id: '..' };
    expect(faultIn({ ...event, type: 'com.cint.session.updated', data })).toBe(
      '`data.project_id` is invalid.',
    );
  });
});

test('any body is an event with usable ids, or malformed', () => {
  const type = fc.constantFrom(event.type, 'com.cint.session.updated', 'other');
  const id = fc.oneof(fc.string(), fc.constantFrom('T1', '..', 'a/b'), fc.jsonValue());
  const data = fc.oneof(
    fc.jsonValue(),
    fc.record(
      { account_id: fc.oneof(fc.integer(), id), project_id: id, target_group_id: id },
      { requiredKeys: [] },
    ),
  );
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.record({ type, data })), (given) => {
      const body = Buffer.from(JSON.stringify({ ...event, ...(given as object) }));
      try {
        const { hint } = readCloudEvent(body);
        if (hint === undefined) return;
        expect(Object.values(hint).join(' ')).toMatch(/^\d{1,10} [\w-]{1,128} [\w-]{1,128}$/);
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedEventError);
      }
    }),
  );
});
