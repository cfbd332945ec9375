import { Places, type Work } from '../../src/server/overload/places.js';

const busy: Work = { busyMs: 10, idleMs: 0, turnMs: 1, callsWait: true };
const sleepy: Work = { busyMs: 5, idleMs: 5, turnMs: 1, callsWait: true };
const MANY = { inside: 50, waiting: 0 };

function paced(places: Places, times: number, work: Work): number {
  for (let nth = 0; nth < times; nth++) places.pace(work);
  return places.count;
}

test('there are as many as may be in flight', () => {
  const places = new Places(1000);
  places.look(sleepy, MANY);
  expect(places.count).toBe(1000);
});

test('a busy loop with short turns whose calls do not wait for each other works on all', () => {
  const places = new Places(1000);
  places.look({ ...busy, callsWait: false }, MANY);
  expect(places.count).toBe(1000);
});

test.each([
  ['calls that wait', busy],
  ['turns a little too long', { ...busy, turnMs: 3.1, callsWait: false }],
])('a busy loop with %s works on fewer and fewer, down to two', (_, work) => {
  const places = new Places(1000);
  places.look(work, MANY);
  expect(places.count).toBe(25);
  places.look(work, { inside: 25, waiting: 25 });
  expect(places.count).toBe(12.5);
  expect(paced(places, 5, work)).toBeCloseTo(7.4, 1);
  expect(paced(places, 100, work)).toBe(2);
});

test('the longer the turns, the fewer it works on at once, as far as to a quarter', () => {
  const places = new Places(1000);
  places.look({ ...busy, turnMs: 9 }, { inside: 90, waiting: 0 });
  expect(places.count).toBeCloseTo(30);
  expect(paced(places, 1, { ...busy, turnMs: 6 })).toBeCloseTo(15);
  places.look({ ...busy, turnMs: 1000 }, { inside: 12, waiting: 0 });
  expect(places.count).toBeCloseTo(3);
});

test.each([
  ['sleeps', sleepy],
  ['has no calls that wait', { ...busy, callsWait: false }],
])('while somebody waits and the loop %s there are soon more', (_, work) => {
  const places = new Places(1000);
  places.look(busy, { inside: 4, waiting: 0 });
  expect([1, 2, 3, 4].map(() => paced(places, 1, work))).toEqual([3, 5, 8, 12]);
  expect(paced(places, 11, work)).toBe(1000);
});

test('where nobody waits any more there are as many as at first', () => {
  const places = new Places(1000);
  places.look(busy, MANY);
  places.look(sleepy, { inside: 3, waiting: 1 });
  expect(places.count).toBe(25);
  places.look(sleepy, { inside: 3, waiting: 0 });
  expect(places.count).toBe(1000);
});

test('there are never more than may be in flight', () => {
  const places = new Places(3);
  places.look(busy, { inside: 3, waiting: 0 });
  expect(paced(places, 10, sleepy)).toBe(3);
});
