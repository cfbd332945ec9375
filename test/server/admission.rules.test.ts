import { Admission, type AdmissionOptions, type Stretch } from '../../src/server/overload/admission.js';

const options: AdmissionOptions = {
  maxInFlight: 1000,
  concurrency: 64,
  processorWaitMs: 500,
  upstreamWaitMs: 7500,
};
/** A tenth of a second of a loop that does not sleep and answers 500 requests a second. */
const busy: Stretch = { busyMs: 100, idleMs: 0, answered: 50, leastInFlight: 0 };
const idle: Stretch = { busyMs: 20, idleMs: 80, answered: 10, leastInFlight: 0 };

function admission(changes: Partial<AdmissionOptions> = {}): Admission {
  return new Admission({ ...options, ...changes });
}

function observe(rule: Admission, times: number, stretch: Stretch): void {
  for (let nth = 0; nth < times; nth++) rule.observe(stretch);
}

describe('A busy processor', () => {
  test('that sleeps now and then lets in as many as may be in flight', () => {
    const rule = admission();
    observe(rule, 100, { ...busy, busyMs: 90, idleMs: 10 });
    expect(rule.limit).toBe(1000);
  });

  test('works through a burst', () => {
    const rule = admission();
    observe(rule, 2, busy);
    expect(rule.limit).toBe(1000);
  });

  test('that has not slept for longer lets in what it can answer within the wait', () => {
    const rule = admission();
    observe(rule, 3, busy);
    expect(rule.limit).toBeCloseTo(250);
  });

  test('that was blocked once works through what has come meanwhile', () => {
    const rule = admission();
    observe(rule, 2, { ...busy, busyMs: 1000 });
    expect(rule.limit).toBe(1000);
    rule.observe(busy);
    expect(rule.limit).toBeLessThan(1000);
  });

  test('lets in few where it answers nothing', () => {
    const rule = admission();
    observe(rule, 3, { ...busy, answered: 0 });
    expect(rule.limit).toBe(64);
  });

  test('never counts a few requests as overload, however few go upstream at once', () => {
    const rule = admission({ concurrency: 1, upstreamWaitMs: 100_000 });
    observe(rule, 3, { ...busy, answered: 0 });
    expect(rule.limit).toBe(64);
  });

  test('goes by what it can do at present', () => {
    const rule = admission();
    observe(rule, 100, busy);
    observe(rule, 100, { ...busy, answered: 20 });
    expect(rule.limit).toBeCloseTo(100, 0);
  });

  test('never lets in more than may be in flight', () => {
    const rule = admission({ maxInFlight: 200 });
    observe(rule, 100, busy);
    expect(rule.limit).toBe(200);
  });

  test('lets more in step by step once it sleeps', () => {
    const rule = admission();
    observe(rule, 3, busy);
    const steps = Array.from({ length: 6 }, () => {
      rule.observe(idle);
      return Math.round(rule.limit);
    });
    expect(steps).toEqual([330, 435, 574, 758, 1000, 1000]);
  });

  test('has no bound of its own where there is no wait to keep', () => {
    const rule = admission({ processorWaitMs: 0 });
    observe(rule, 100, busy);
    expect(rule.limit).toBe(1000);
  });
});

describe('A slow REST API', () => {
  const waiting: Stretch = { busyMs: 5, idleMs: 95, answered: 3.2, leastInFlight: 65 };

  test('may keep many waiting for a while', () => {
    const rule = admission();
    observe(rule, 74, waiting);
    expect(rule.limit).toBe(1000);
  });

  test('keeps no more waiting for long than get their turn in time', () => {
    const rule = admission();
    observe(rule, 75, waiting);
    expect(rule.limit).toBeCloseTo(240);
  });

  test('that pauses, as while the breaker is open, has not become fast', () => {
    const rule = admission();
    observe(rule, 75, waiting);
    observe(rule, 10, { ...waiting, leastInFlight: 0 });
    expect(rule.limit).toBeLessThan(300);
    observe(rule, 100, { ...waiting, leastInFlight: 0 });
    expect(rule.limit).toBe(1000);
  });

  test('may answer as many as it wants at once', () => {
    const rule = admission();
    observe(rule, 1000, { ...waiting, leastInFlight: 64 });
    expect(rule.limit).toBe(1000);
  });
});

/** A process that can answer `perSecond` requests, is offered others, and works on those that it lets in. */
function simulate(rule: Admission, seconds: number, perSecond: number, offered: number, busyShare: number) {
  let inFlight = 0;
  let answered = 0;
  let longest = 0;
  for (let tenth = 0; tenth < seconds * 10; tenth++) {
    const leastInFlight = inFlight;
    inFlight += Math.max(0, Math.min(offered / 10, rule.limit - inFlight));
    const done = Math.min(inFlight, perSecond / 10);
    inFlight -= done;
    rule.observe({ busyMs: 100 * busyShare, idleMs: 100 * (1 - busyShare), answered: done, leastInFlight });
    // What the first seconds let in before anything was known has gone by the second half.
    if (tenth < seconds * 5) continue;
    answered += done;
    longest = Math.max(longest, inFlight / perSecond);
  }
  return { perSecond: answered / (seconds / 2), longestSeconds: longest };
}

describe('Twice and ten times the load', () => {
  test.each([
    [100, 200],
    [400, 800],
    [400, 4000],
    [2000, 4000],
    [2000, 20_000],
  ])(
    'of a processor that can do %d a second, %d, leave all that it can do, in time',
    (perSecond, offered) => {
      const { perSecond: useful, longestSeconds } = simulate(admission(), 20, perSecond, offered, 1);
      expect(useful).toBeCloseTo(perSecond);
      expect(longestSeconds).toBeLessThanOrEqual(Math.max(0.5, 64 / perSecond) + 1e-9);
    },
  );

  test.each([
    [32, 64],
    [32, 320],
    [64, 640],
  ])('of a REST API that can do %d a second, %d, leave all that it can do, in time', (perSecond, offered) => {
    const { perSecond: useful, longestSeconds } = simulate(admission(), 120, perSecond, offered, 0.2);
    expect(useful).toBeCloseTo(perSecond);
    expect(longestSeconds).toBeLessThanOrEqual(7.5 + 1e-9);
  });
});
