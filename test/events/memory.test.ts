/** The items of a list are published, and not kept. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { startLiveUpdates } from './live-updates-fixture.js';
import type { Topic } from '../../src/events/topic.js';
import { startScriptedUpstream } from '../helpers/scripted-upstream.js';
import { until } from '../helpers/until.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

interface Item {
  readonly name: string;
}

test('An item that was there when a list was read first is not kept for as long as the list is watched', async () => {
  const upstream = await startScriptedUpstream();
  const fixture = await startLiveUpdates({ demandApiUrl: upstream.url });
  const read: WeakRef<Item>[] = [];
  const list: Topic<Item> = {
    name: 'list',
    about: { accountId: '101', projectId: 'p' },
    startsWithState: false,
    hasWebhooks: false,
    notFound: 'There is no list.',
    read(_newClient, see) {
      // Whoever awaits the next item may hold the last one.
      for (const name of ['one', 'last']) {
        const item = { name };
        read.push(new WeakRef(item));
        see(name, item);
      }
      return Promise.resolve(true);
    },
    revisionOf: ({ name }) => name,
    isNewer: (previous, revision) => previous !== revision,
    isFinal: () => false,
    mayBeNewerThan: () => true,
  };
  const subscription = await fixture.subscribe(list);
  await subscription.received(2);
  expect(subscription.states.splice(0)).toEqual([{ name: 'one' }, { name: 'last' }]);
  await until(() => {
    collectGarbage();
    return read[0]?.deref() === undefined;
  });
  expect(subscription.end).toBeUndefined();
  fixture.close();
  await upstream.close();
});
