import { PollSchedule } from '../../src/events/watch/poll-schedule.js';

const MIN_MS = 1000;
const MAX_MS = 8000;

const HERE = { wasPolledElsewhere: false, isPolledElsewhere: false };
const ELSEWHERE = { wasPolledElsewhere: true, isPolledElsewhere: true };
const TAKEN_OVER = { wasPolledElsewhere: true, isPolledElsewhere: false };

/** A schedule without jitter whose topic was read at 0 ms. */
function startedSchedule(): PollSchedule {
  const schedule = new PollSchedule({ minMs: MIN_MS, maxMs: MAX_MS }, () => 0);
  schedule.readStarted(0);
  schedule.start();
  return schedule;
}

test('The first poll is due the shortest delay after the read for the first subscription', () => {
  const schedule = startedSchedule();
  expect(schedule.decide(HERE, MIN_MS - 1).polls).toBe(false);
  expect(schedule.decide(HERE, MIN_MS).polls).toBe(true);
});

test('A hint before the start makes the first poll due at once', () => {
  const schedule = new PollSchedule({ minMs: MIN_MS, maxMs: MAX_MS }, () => 0);
  schedule.readStarted(0);
  schedule.hinted(200);
  schedule.start();
  expect(schedule.dueAt).toBe(200);
});

test('Reads that hints cause are at least 50 ms apart', () => {
  const schedule = startedSchedule();
  schedule.hinted(10);
  expect(schedule.dueAt).toBe(50);
  schedule.hinted(70);
  expect(schedule.dueAt).toBe(70);
});

test('A topic is stale from a hint until the next read starts', () => {
  const schedule = startedSchedule();
  expect(schedule.isStale).toBe(false);
  schedule.hinted(10);
  expect(schedule.isStale).toBe(true);
  schedule.readStarted(50);
  expect(schedule.isStale).toBe(false);
});

test('The delay grows with unchanged polls and failures, and a change resets it', () => {
  const schedule = startedSchedule();
  schedule.polled(0, false, false);
  expect(schedule.dueAt).toBe(1500);
  schedule.pollFailed(0, 0);
  expect(schedule.dueAt).toBe(2250);
  schedule.polled(0, true, false);
  expect(schedule.dueAt).toBe(MIN_MS);
});

test('After a change, the delay is the longest one if webhooks report changes', () => {
  const schedule = startedSchedule();
  schedule.polled(0, true, true);
  expect(schedule.dueAt).toBe(MAX_MS);
});

test('A failed poll is not repeated before the time that the API asks for', () => {
  const schedule = startedSchedule();
  schedule.pollFailed(0, 60_000);
  expect(schedule.dueAt).toBe(60_000);
});

describe('While another process polls', () => {
  test('this process requests the current states once, and does not poll', () => {
    const schedule = startedSchedule();
    const first = { requestsStates: true, publishesStates: false, polls: false };
    expect(schedule.decide({ wasPolledElsewhere: false, isPolledElsewhere: true }, 10)).toEqual(first);
    expect(schedule.decide(ELSEWHERE, MIN_MS)).toEqual({ ...first, requestsStates: false });
    expect(schedule.dueAt).toBe(MIN_MS + MAX_MS);
  });

  test('a hint does not make this process poll', () => {
    const schedule = startedSchedule();
    schedule.hinted(10);
    expect(schedule.decide(ELSEWHERE, 50).polls).toBe(false);
  });

  test('a hint that messages may have been lost makes this process request the states and poll, once', () => {
    const schedule = startedSchedule();
    schedule.decide(ELSEWHERE, 10);
    schedule.hinted(20, true);
    expect(schedule.decide(ELSEWHERE, 50)).toMatchObject({ requestsStates: true, polls: true });
    schedule.pollStarted();
    expect(schedule.decide(ELSEWHERE, 60)).toMatchObject({ requestsStates: false, polls: false });
  });
});

test('A process that takes over publishes the current states and polls, even if no poll is due', () => {
  const schedule = startedSchedule();
  schedule.decide(ELSEWHERE, 10);
  expect(schedule.decide(TAKEN_OVER, 20)).toEqual({
    requestsStates: false,
    publishesStates: true,
    polls: true,
  });
});
