import { describe, expect, test } from '@jest/globals';
import { ids, paths, rest } from './demand.js';
import { impatient, useScripted } from './scripted.js';

const scripted = useScripted({ env: impatient });

const READ = 'query ($id: ID!) { it: fieldingRun(id: $id) { status } }';
const SECRET = 'upstream-secret';

const unreadable = [
  ['HTML', `<html><body>${SECRET} at http://10.0.0.7/</body></html>`],
  ['a text', SECRET],
  ['truncated JSON', `{"id":"R1","status":"Live","note":"${SECRET}`],
  ['a JSON text', JSON.stringify(SECRET)],
  ['a JSON list', JSON.stringify([SECRET])],
  ['null', 'null'],
  ['nothing', ''],
] as const;

describe.each([
  [200, 'UPSTREAM_BAD_RESPONSE', false],
  [500, 'UPSTREAM_UNAVAILABLE', true],
  [502, 'UPSTREAM_UNAVAILABLE', true],
  [503, 'UPSTREAM_UNAVAILABLE', true],
])('a %i with a body that cannot be read', (status, code, retryable) => {
  test.each(unreadable)('%s: the error does not contain it', async (_what, body) => {
    scripted.upstream.on('GET', paths.fieldingRun, {
      status,
      headers: { 'content-type': 'text/html' },
      body,
    });
    const answer = await scripted.execute(READ, { id: ids.fieldingRun });
    expect(answer).toMatchObject({
      status: 200,
      data: { it: null },
      errors: [{ path: ['it'], extensions: { code, retryable, upstream: { status } } }],
    });
    expect(answer.errors[0]?.extensions).not.toHaveProperty('outcomeUnknown');
    const shown = JSON.stringify([answer.data, answer.errors]);
    for (const part of [SECRET, '10.0.0.7', '<html', new URL(scripted.upstream.url).port]) {
      expect(shown).not.toContain(part);
    }
  });
});

test('a body that is cut off is a lost connection', async () => {
  scripted.upstream.on('GET', paths.fieldingRun, { body: rest.fieldingRun, fault: 'truncate' });
  const { data, errors } = await scripted.execute(READ, { id: ids.fieldingRun });
  expect(data).toEqual({ it: null });
  expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE', retryable: true } }]);
});

test('a body that is not complete in time is a timeout', async () => {
  scripted.upstream.on('GET', paths.fieldingRun, { body: rest.fieldingRun, bodyDelayMs: 5000 });
  const { data, errors } = await scripted.execute(READ, { id: ids.fieldingRun });
  expect(data).toEqual({ it: null });
  expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_TIMEOUT', retryable: true } }]);
});
