import type { ScriptedResponse } from '../../helpers/scripted-upstream.js';
import { READ_RUN, run, runAnswer, type FieldingRunData } from './demand.js';
import { failureOf, useGatewayFixture } from './gateway-fixture.js';

const fixture = useGatewayFixture();
const readRun = `GET ${run.path}`;
const notModified = (etag?: string): ScriptedResponse => ({
  status: 304,
  headers: etag === undefined ? {} : { etag },
});

/** Reads the run once for each credential, and returns its versions and statuses. */
async function read(...tokens: string[]): Promise<unknown[]> {
  const states: unknown[] = [];
  for (const token of tokens) {
    const { data, errors } = await fixture.execute<FieldingRunData>(READ_RUN, {}, { token });
    expect(errors).toEqual([]);
    const { version, status } = data?.fieldingRun ?? {};
    states.push(`${version} ${status}`);
  }
  return states;
}

/** The `If-None-Match` of each request. */
const asked = () => fixture.sent(readRun).map(({ headers }) => headers['if-none-match']);
/** The `Cache-Control` of each request. */
const toCaches = () => fixture.sent(readRun).map(({ headers }) => headers['cache-control']);

it.each(['W/"5"', '"5"', '"opaque"'])('revalidates an unchanged run (%s) by its entity tag', async (etag) => {
  fixture.on(readRun, [{ ...runAnswer(5), headers: { etag } }, notModified(etag)]);
  expect(await read(fixture.token, fixture.token, fixture.token)).toEqual(Array(3).fill('5 LIVE'));
  expect(asked()).toEqual([undefined, etag, etag]);
});

it('accepts a 304 without a tag', async () => {
  fixture.on(readRun, [runAnswer(5), notModified()]);
  expect(await read(fixture.token, fixture.token)).toEqual(['5 LIVE', '5 LIVE']);
  expect(asked()).toEqual([undefined, 'W/"5"']);
});

it('reads a changed run, and revalidates it by its new tag from then on', async () => {
  fixture.on(readRun, [runAnswer(5), runAnswer(6, 'Paused'), notModified('W/"6"')]);
  const { token } = fixture;
  expect(await read(token, token, token)).toEqual(['5 LIVE', '6 PAUSED', '6 PAUSED']);
  expect(asked()).toEqual([undefined, 'W/"5"', 'W/"6"']);
});

it('reads a run without a tag each time', async () => {
  fixture.on(readRun, { body: runAnswer(5).body });
  expect(await read(fixture.token, fixture.token)).toEqual(['5 LIVE', '5 LIVE']);
  expect(asked()).toEqual([undefined, undefined]);
});

it('does not share runs between credentials', async () => {
  fixture.on(readRun, [runAnswer(5), runAnswer(7, 'Paused')]);
  expect(await read('one', 'other')).toEqual(['5 LIVE', '7 PAUSED']);
  expect(asked()).toEqual([undefined, undefined]);
});

it('returns null for a deleted run that was read before', async () => {
  fixture.on(readRun, [runAnswer(5), { status: 404 }]);
  expect(await read(fixture.token)).toEqual(['5 LIVE']);
  expect(await fixture.execute(READ_RUN)).toMatchObject({ errors: [], data: { fieldingRun: null } });
});

describe('a 304', () => {
  it('to an unconditional read causes one read past caches', async () => {
    fixture.on(readRun, [notModified('W/"5"'), runAnswer(5)]);
    expect(await read(fixture.token)).toEqual(['5 LIVE']);
    expect(asked()).toEqual([undefined, undefined]);
    // Without it, a cache on the way may send the same response again (RFC 9111, 5.2.1.4).
    expect(toCaches()).toEqual([undefined, 'no-cache']);
  });

  it('with another tag causes one read past caches', async () => {
    fixture.on(readRun, [runAnswer(5), notModified('W/"6"'), runAnswer(6, 'Paused')]);
    expect(await read(fixture.token, fixture.token)).toEqual(['5 LIVE', '6 PAUSED']);
    expect(asked()).toEqual([undefined, 'W/"5"', undefined]);
    expect(toCaches()).toEqual([undefined, undefined, 'no-cache']);
  });

  it('to every read is a bad response', async () => {
    fixture.on(readRun, notModified('W/"5"'));
    expect(failureOf(await fixture.execute(READ_RUN))).toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE' });
    expect(fixture.sent(readRun)).toHaveLength(2);
  });
});
