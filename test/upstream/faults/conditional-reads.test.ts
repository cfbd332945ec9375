import type { ScriptedResponse } from '../../helpers/scripted-upstream.js';
import { READ_RUN, run, runAnswer, type FieldingRunData } from './demand.js';
import { failureOf, useStage } from './stage.js';

const stage = useStage();
const readRun = `GET ${run.path}`;
const notModified = (etag?: string): ScriptedResponse => ({
  status: 304,
  headers: etag === undefined ? {} : { etag },
});

/** Reads the run once for each credential, and tells its version and status. */
async function read(...tokens: string[]): Promise<unknown[]> {
  const states: unknown[] = [];
  for (const token of tokens) {
    const { data, errors } = await stage.execute<FieldingRunData>(READ_RUN, {}, { token });
    expect(errors).toEqual([]);
    const { version, status } = data?.fieldingRun ?? {};
    states.push(`${version} ${status}`);
  }
  return states;
}

/** What each request asked for with `If-None-Match`. */
const asked = () => stage.sent(readRun).map(({ headers }) => headers['if-none-match']);
/** What each request said to caches on its way. */
const toCaches = () => stage.sent(readRun).map(({ headers }) => headers['cache-control']);

it.each(['W/"5"', '"5"', '"opaque"'])(
  'What is as it was (%s) is asked for by its tag, and not sent again',
  async (etag) => {
    stage.on(readRun, [{ ...runAnswer(5), headers: { etag } }, notModified(etag)]);
    expect(await read(stage.token, stage.token, stage.token)).toEqual(Array(3).fill('5 LIVE'));
    expect(asked()).toEqual([undefined, etag, etag]);
  },
);

it('A 304 without a tag is about the one that was asked for', async () => {
  stage.on(readRun, [runAnswer(5), notModified()]);
  expect(await read(stage.token, stage.token)).toEqual(['5 LIVE', '5 LIVE']);
  expect(asked()).toEqual([undefined, 'W/"5"']);
});

it('What has changed is sent, and asked for by its new tag from then on', async () => {
  stage.on(readRun, [runAnswer(5), runAnswer(6, 'Paused'), notModified('W/"6"')]);
  const { token } = stage;
  expect(await read(token, token, token)).toEqual(['5 LIVE', '6 PAUSED', '6 PAUSED']);
  expect(asked()).toEqual([undefined, 'W/"5"', 'W/"6"']);
});

it('What has no tag is sent each time', async () => {
  stage.on(readRun, { body: runAnswer(5).body });
  expect(await read(stage.token, stage.token)).toEqual(['5 LIVE', '5 LIVE']);
  expect(asked()).toEqual([undefined, undefined]);
});

it('What one credential has read is nothing to another', async () => {
  stage.on(readRun, [runAnswer(5), runAnswer(7, 'Paused')]);
  expect(await read('one', 'other')).toEqual(['5 LIVE', '7 PAUSED']);
  expect(asked()).toEqual([undefined, undefined]);
});

it('What does not exist any more is null, though it was read before', async () => {
  stage.on(readRun, [runAnswer(5), { status: 404 }]);
  expect(await read(stage.token)).toEqual(['5 LIVE']);
  expect(await stage.execute(READ_RUN)).toMatchObject({ errors: [], data: { fieldingRun: null } });
});

describe('A 304', () => {
  it('that nobody asked for is asked again, plainly', async () => {
    stage.on(readRun, [notModified('W/"5"'), runAnswer(5)]);
    expect(await read(stage.token)).toEqual(['5 LIVE']);
    expect(asked()).toEqual([undefined, undefined]);
    // Without it a cache in between may give the same answer again (RFC 9111, 5.2.1.4).
    expect(toCaches()).toEqual([undefined, 'no-cache']);
  });

  it('with another tag is asked again, plainly', async () => {
    stage.on(readRun, [runAnswer(5), notModified('W/"6"'), runAnswer(6, 'Paused')]);
    expect(await read(stage.token, stage.token)).toEqual(['5 LIVE', '6 PAUSED']);
    expect(asked()).toEqual([undefined, 'W/"5"', undefined]);
    expect(toCaches()).toEqual([undefined, undefined, 'no-cache']);
  });

  it('again and again is no answer', async () => {
    stage.on(readRun, notModified('W/"5"'));
    expect(failureOf(await stage.execute(READ_RUN))).toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE' });
    expect(stage.sent(readRun)).toHaveLength(2);
  });
});
