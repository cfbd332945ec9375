import { setTimeout as sleep } from 'node:timers/promises';
import { Subscribers, type Subscribing } from '../load/subscribers.js';
import { lineThrough } from '../measure/fit.js';
import type { Machine } from '../measure/machine.js';
import { ACCOUNT, FIELDING_RUN, PROJECT } from '../operations/operations.js';
import { startContestant, type Running } from '../peers/running.js';
import { gatewayWithProbe, readProbe } from '../probe/probe.js';
import { significant } from '../report/format.js';
import { markdownTable } from '../report/table.js';
import { startChangingUpstream, type ChangingUpstream } from '../upstream/changing-upstream.js';
import { atMost, type Findings, type Log, type Study } from './study.js';

const MAX_KIB_PER_SUBSCRIBER = 15;
const MAX_EVENT_MS = 500;
const MAX_IDLE_CPU = 0.03;
const MAX_GROWTH_MB_PER_MINUTE = 0.5;

const WARM_UP_SUBSCRIBERS = 100;
const EVENTS = 5;
const STREAMED_TARGET_GROUPS = 100;
const STREAM_SUBSCRIBERS = 100;
const CHANGES_PER_SECOND = 10;
/** The initial share of the stream in which caches fill and code is compiled. */
const SETTLING_SHARE = 1 / 3;
const POLL_MS = 50;

const SOME_ACCOUNT = '42';
const MB = 1e6;

const ENV = {
  MAX_CONNECTIONS_PER_ADDRESS: '0',
  MAX_SUBSCRIPTIONS: '100000',
  MAX_SUBSCRIPTIONS_PER_PRINCIPAL: '100000',
  POLL_LIST_CALLS_PER_MINUTE: '100000',
};

export const subscriptions: Study = {
  name: 'subscriptions',
  title: 'Subscriptions over WebSocket',
  async run(machine, { quick, minutes }, log): Promise<Findings> {
    const upstream = await startChangingUpstream(STREAMED_TARGET_GROUPS);
    const held = await holdMany(machine, upstream, quick, log);
    const told = await tellMany(machine, upstream, held.subscribers, log);
    const growth = await stream(machine, upstream, minutes / 2, log);
    await upstream.close();
    const kib = held.bytesEach / 1024;
    const slowest = Math.max(...told.eventMs);
    return {
      sections: [
        {
          heading: `${held.subscribers} subscribers to one fielding run, on one process`,
          text:
            'Each has a connection of its own. Memory is the growth of the resident set after a full garbage ' +
            'collection, socket included: for each of the second half; on average of all, which includes the young ' +
            'generation, as large as it is after any load; and on average after the idle time, in which V8 has given it back. An event is timed from the upstream response to the last subscriber; the clients ' +
            'are one process with a core of its own. Idle: nothing changes, and the gateway polls at its default rate.',
          table: markdownTable(
            [
              'KiB for one more',
              'KiB on average',
              'idle CPU',
              'upstream calls in all',
              'one event to all, ms',
            ],
            [
              [
                significant(kib),
                significant(held.averageBytes / 1024),
                significant(held.settledBytes / 1024),
                `${significant(held.idleCpu * 100)}%`,
                String(held.upstreamCalls),
                told.eventMs.map(significant).join(', '),
              ],
            ],
          ),
        },
        {
          heading: `${STREAM_SUBSCRIBERS} subscribers to a project with ${STREAMED_TARGET_GROUPS * CHANGES_PER_SECOND} changes per second`,
          text: `${minutes / 2} minutes. Every subscriber may be told of every change; newer states replace older ones that wait.`,
          table: markdownTable(
            ['events/s received', 'heap growth, MB/minute'],
            [[significant(growth.eventsPerSecond), significant(growth.mbPerMinute)]],
          ),
        },
      ],
      bounds: [
        atMost('memory of one more subscriber', kib, MAX_KIB_PER_SUBSCRIBER, ' KiB'),
        atMost('idle CPU', held.idleCpu, MAX_IDLE_CPU, ' of a core'),
        atMost('one event to all subscribers', slowest, MAX_EVENT_MS, ' ms'),
        atMost('upstream calls per event', told.callsPerEvent, 1 + told.pollsPerEvent),
        atMost('heap growth', growth.mbPerMinute, MAX_GROWTH_MB_PER_MINUTE, ' MB/minute'),
      ],
    };
  },
};

const RUN: Omit<Subscribing, 'url'> = {
  query: 'subscription Run($id: ID!) { fieldingRunUpdated(id: $id) { id status startAt endAt version } }',
  variables: { id: FIELDING_RUN.replace(ACCOUNT, SOME_ACCOUNT) },
};

const TARGET_GROUPS: Omit<Subscribing, 'url'> = {
  query:
    'subscription Groups($projectId: ID!) { targetGroupUpdated(projectId: $projectId) { id name status progress { currentCompletes } } }',
  variables: { projectId: PROJECT.replace(ACCOUNT, SOME_ACCOUNT) },
};

async function holdMany(machine: Machine, upstream: ChangingUpstream, quick: boolean, log: Log) {
  const count = quick ? 2000 : 10_000;
  const running = await startContestant(machine, gatewayWithProbe(ENV), upstream.url);
  const subscribing = { ...RUN, url: running.url };
  const warmUp = new Subscribers();
  await warmUp.open(WARM_UP_SUBSCRIBERS, subscribing);
  await warmUp.received(WARM_UP_SUBSCRIBERS);
  await warmUp.close();
  const none = await residentBytes(machine, running);
  const callsBefore = upstream.requests();
  const subscribers = new Subscribers();
  log(`Opening ${count} subscriptions`);
  await subscribers.open(count / 2, subscribing);
  await subscribers.received(count / 2);
  const half = await residentBytes(machine, running);
  await subscribers.open(count / 2, subscribing);
  await subscribers.received(count);
  const all = await residentBytes(machine, running);
  const seconds = quick ? 5 : 30;
  const cpuBefore = (await running.usage()).cpuMs;
  await sleep(seconds * 1000);
  const idleCpu = ((await running.usage()).cpuMs - cpuBefore) / (seconds * 1000);
  const upstreamCalls = upstream.requests() - callsBefore;
  const settled = await residentBytes(machine, running);
  await subscribers.close();
  await running.close();
  return {
    subscribers: count,
    bytesEach: (all - half) / (count / 2),
    averageBytes: (all - none) / count,
    settledBytes: (settled - none) / count,
    idleCpu,
    upstreamCalls,
  };
}

async function tellMany(machine: Machine, upstream: ChangingUpstream, count: number, log: Log) {
  const env = { ...ENV, POLL_MIN_MS: String(POLL_MS), POLL_MAX_MS: String(POLL_MS) };
  const running = await startContestant(machine, gatewayWithProbe(env), upstream.url);
  const subscribers = new Subscribers();
  await subscribers.open(count, { ...RUN, url: running.url });
  await subscribers.received(count);
  const eventMs: number[] = [];
  const startedAt = performance.now();
  const callsBefore = upstream.requests();
  for (let event = 1; event <= EVENTS; event += 1) {
    await sleep(500);
    upstream.changeRun();
    await subscribers.received(count * (event + 1));
    const ms = subscribers.lastEventAt - (upstream.firstReadAt() ?? NaN);
    log(`Event ${event} reached ${count} subscribers in ${ms.toFixed(0)} ms`);
    eventMs.push(ms);
  }
  const calls = upstream.requests() - callsBefore;
  const polls = (performance.now() - startedAt) / (POLL_MS * 0.8);
  await subscribers.close();
  await running.close();
  return { eventMs, callsPerEvent: calls / EVENTS, pollsPerEvent: polls / EVENTS };
}

async function stream(machine: Machine, upstream: ChangingUpstream, minutes: number, log: Log) {
  const pollMs = 1000 / CHANGES_PER_SECOND;
  const env = { ...ENV, POLL_MIN_MS: String(pollMs), POLL_MAX_MS: String(pollMs) };
  const running = await startContestant(machine, gatewayWithProbe(env), upstream.url);
  const subscribers = new Subscribers();
  await subscribers.open(STREAM_SUBSCRIBERS, { ...TARGET_GROUPS, url: running.url });
  const changing = setInterval(() => {
    upstream.changeTargetGroups();
  }, pollMs);
  const startedAt = performance.now();
  const minute = () => (performance.now() - startedAt) / 60_000;
  const heap: [number, number][] = [];
  while (minute() < minutes) {
    await sleep(2000);
    const { heapBytes } = await readProbe(machine, running, { collected: true });
    log(`${minute().toFixed(1)} of ${minutes} minutes: heap ${(heapBytes / MB).toFixed(1)} MB`);
    heap.push([minute(), heapBytes / MB]);
  }
  clearInterval(changing);
  const eventsPerSecond = subscribers.events / (minute() * 60);
  await subscribers.close();
  await running.close();
  const steady = heap.filter(([at]) => at >= minutes * SETTLING_SHARE);
  return { eventsPerSecond, mbPerMinute: lineThrough(steady).slope };
}

async function residentBytes(machine: Machine, running: Running): Promise<number> {
  await readProbe(machine, running, { collected: true });
  return (await readProbe(machine, running)).rssBytes;
}
