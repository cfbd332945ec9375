import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { listenToHints, publishHint, type ChangeHint } from '../../src/events/hints.js';
import { InMemoryMessageBus } from '../../src/state/message-bus.js';
import { HINT } from './delivery.js';

async function heardOf(send: (bus: InMemoryMessageBus) => void): Promise<ChangeHint[]> {
  const bus = new InMemoryMessageBus();
  const heard: ChangeHint[] = [];
  const stop = await listenToHints(bus, (hint) => heard.push(hint));
  send(bus);
  stop();
  publishHint(bus, HINT);
  return heard;
}

test('a hint reaches all that listen, until they stop', async () => {
  const bus = new InMemoryMessageBus();
  const heard: [string, ChangeHint][] = [];
  const stopFirst = await listenToHints(bus, (hint) => heard.push(['first', hint]));
  const stopSecond = await listenToHints(bus, (hint) => heard.push(['second', hint]));
  publishHint(bus, HINT);
  stopFirst();
  publishHint(bus, { ...HINT, accountId: '202' });
  stopSecond();
  publishHint(bus, HINT);
  expect(heard).toEqual([
    ['first', HINT],
    ['second', HINT],
    ['second', { ...HINT, accountId: '202' }],
  ]);
});

test('a hint can be of a whole project', async () => {
  const { accountId, projectId } = HINT;
  expect(await heardOf((bus) => publishHint(bus, { accountId, projectId }))).toEqual([
    { accountId, projectId },
  ]);
});

test('a hint carries its three ids and nothing else', async () => {
  const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,128}$/);
  const anyHint = fc.record({
    accountId: fc.nat(2 ** 31 - 1).map(String),
    projectId: id,
    targetGroupId: id,
  });
  await fc.assert(
    fc.asyncProperty(anyHint, async (hint) => {
      const more = { ...hint, token: 'secret' };
      expect(await heardOf((bus) => publishHint(bus, more))).toEqual([hint]);
    }),
  );
});

test.each([
  ['no JSON', '{'],
  ['nothing', ''],
  ['null', 'null'],
  ['a list', '[]'],
  ['another object', '{"accountId":"101"}'],
  ['an account that is a number', JSON.stringify({ ...HINT, accountId: 101 })],
  ['an account that is none', JSON.stringify({ ...HINT, accountId: '-1' })],
  ['a project that leaves its path', JSON.stringify({ ...HINT, projectId: '../202' })],
  ['a target group that leaves its path', JSON.stringify({ ...HINT, targetGroupId: 'T/..' })],
  ['too much', JSON.stringify({ ...HINT, more: 'x'.repeat(1000) })],
])('a message that is %s is ignored', async (_what, message) => {
  const messages = (bus: InMemoryMessageBus) => {
    bus.publish('hints', message);
    publishHint(bus, HINT);
  };
  expect(await heardOf(messages)).toEqual([HINT]);
});
