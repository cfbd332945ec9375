import { beforeEach, describe, expect, test } from '@jest/globals';
import { Asks } from '../../src/cluster/asks.js';
import { MAX_BODY, type Ask, type FromWorker } from '../../src/cluster/messages.js';
import { sharedMemories, tell } from '../../src/cluster/shared-memories.js';
import { processSharedState, type SharedState } from '../../src/state/shared-state.js';

const TIMEOUT_MS = 20;

/** Memories of a primary, and of workers that ask it over messages, as JSON carries them. */
let primary: SharedState;
beforeEach(() => {
  primary = processSharedState();
});

interface TestWorker {
  readonly memories: SharedState;
  readonly asks: Asks;
  /** What it has sent. */
  readonly sent: Ask[];
  /** Answers what has been asked and not answered. */
  readonly answer: () => Promise<void>;
}

function worker({ answers = true, timeoutMs = 5000 } = {}): TestWorker {
  const unanswered: Extract<FromWorker, { type: 'ask' }>[] = [];
  const sent: Ask[] = [];
  const answer = async () => {
    for (const { id, ask } of unanswered.splice(0)) {
      const told: unknown = JSON.parse(JSON.stringify(await tell(ask, primary)));
      asks.answered(id, told as Awaited<ReturnType<typeof tell>>);
    }
  };
  const asks = new Asks((message) => {
    if (message.type !== 'ask') return;
    unanswered.push(message);
    sent.push(message.ask);
    if (answers) void answer();
  });
  return { asks, sent, answer, memories: sharedMemories((ask) => asks.ask(ask), timeoutMs) };
}

describe('Two workers', () => {
  test('agree on keys', async () => {
    const [{ keys: one }, { keys: two }] = [worker().memories, worker().memories];
    const use = await one.claim('k', 'pause');
    expect(await two.claim('k', 'resume')).toBeUndefined();
    expect(await two.claim('k', 'pause')).toBe(use);
    await one.release('k', use!);
    expect(await one.claim('k', 'resume')).toBeUndefined();
    await two.release('k', use!);
    expect(await one.claim('k', 'resume')).toBeDefined();
  });

  test('agree on jobs', async () => {
    const [{ jobs: one }, { jobs: two }] = [worker().memories, worker().memories];
    expect(await two.find('j')).toEqual({});
    await one.noteCreated('j', 'J1');
    expect(await two.find('j')).toEqual({ createdId: 'J1' });
    await two.noteFinished('j', '{}');
    expect(await one.find('j')).toEqual({ createdId: 'J1', finished: '{}' });
    await one.noteAtShortPath('j');
    expect(await two.find('j')).toEqual({ createdId: 'J1', finished: '{}', isAtShortPath: true });
  });
});

describe('A worker whose primary', () => {
  test('does not answer in time is told nothing, and takes back a claim that came too late', async () => {
    const { memories, answer, sent } = worker({ answers: false, timeoutMs: TIMEOUT_MS });
    await expect(memories.keys.claim('k', 'pause')).rejects.toThrow('in time');
    await expect(memories.jobs.find('j')).rejects.toThrow('in time');
    await answer();
    expect(sent.map(({ about }) => about)).toEqual(['claim', 'job', 'release']);
    await answer();
    expect(await primary.keys.claim('k', 'resume')).toBeDefined();
  });

  test('is gone is told nothing, now or later', async () => {
    const { memories, asks } = worker({ answers: false });
    const claim = memories.keys.claim('k', 'pause');
    asks.end();
    await expect(claim).rejects.toThrow('does not answer');
    await expect(memories.jobs.find('j')).rejects.toThrow('does not answer');
  });

  test('answers nothing does not fill its memory with questions', async () => {
    const { asks, sent } = worker({ answers: false });
    const answers = Array.from({ length: 10_001 }, () => asks.ask({ about: 'job', key: 'j' }));
    await expect(answers.at(-1)).rejects.toThrow('does not answer');
    expect(sent).toHaveLength(10_000);
    asks.end();
    await Promise.allSettled(answers);
  });
});

test('a body that is too large is not shared', async () => {
  const { memories, sent } = worker();
  await expect(memories.jobs.noteFinished('j', ' '.repeat(MAX_BODY + 1))).rejects.toThrow('too large');
  expect(sent).toEqual([]);
});
