import { Admission } from '../../src/server/overload/admission.js';
import { Door, REFUSALS_AT_ONCE } from '../../src/server/overload/door.js';
import { Places } from '../../src/server/overload/places.js';

const idle = { busyMs: 0, idleMs: 100, turnMs: 1, callsWait: false };

/** A door with places for so many, and what became of those who came. */
function doorFor(maxInFlight: number) {
  const door = new Door(
    new Admission({ maxInFlight, concurrency: 64, processorWaitMs: 500, upstreamWaitMs: 7500 }),
    new Places(maxInFlight),
  );
  const letIn: number[] = [];
  const refused: number[] = [];
  const gone = new Set<number>();
  const come = (number: number) => {
    if (door.enter()) letIn.push(number);
    else
      door.lineUp({
        letIn: () => letIn.push(number),
        refuse: () => refused.push(number),
        isGone: () => gone.has(number),
      });
  };
  const comeMany = (from: number, count: number) => {
    for (let number = from; number < from + count; number++) come(number);
  };
  return { door, come, comeMany, letIn, refused, gone };
}

test('as many come in as there are places, and the next when one has left', () => {
  const { door, come, letIn, refused } = doorFor(2);
  [1, 2, 3].forEach(come);
  expect([letIn, refused]).toEqual([[1, 2], [3]]);
  door.leave(true);
  [4, 5].forEach(come);
  expect([letIn, refused]).toEqual([
    [1, 2, 4],
    [3, 5],
  ]);
});

test('many refusals wait for the next looks, the oldest first', () => {
  const { door, comeMany, refused } = doorFor(1);
  comeMany(0, 2 * REFUSALS_AT_ONCE + 11);
  expect(refused).toHaveLength(REFUSALS_AT_ONCE);
  door.look(idle);
  expect(refused).toHaveLength(2 * REFUSALS_AT_ONCE);
  comeMany(1000, 1);
  door.look(idle);
  expect(refused).toHaveLength(2 * REFUSALS_AT_ONCE + 11);
  expect(refused).toEqual(refused.toSorted((one, other) => one - other));
});

test('however many there are, they do not wait for long', () => {
  const { door, comeMany, refused } = doorFor(1);
  comeMany(0, 100 * REFUSALS_AT_ONCE);
  for (let look = 0; look < 10; look++) door.look(idle);
  expect(refused).toHaveLength(100 * REFUSALS_AT_ONCE - 1);
});

test('a place that comes free goes to who came last', () => {
  const { door, comeMany, letIn, refused } = doorFor(1);
  comeMany(0, REFUSALS_AT_ONCE + 4);
  door.leave(true);
  expect(letIn).toEqual([0, REFUSALS_AT_ONCE + 3]);
  door.leave(true);
  expect(letIn).toEqual([0, REFUSALS_AT_ONCE + 3, REFUSALS_AT_ONCE + 2]);
  door.look(idle);
  expect(refused.at(-1)).toBe(REFUSALS_AT_ONCE + 1);
});

test('who has gone gets neither place nor refusal', () => {
  const { door, comeMany, letIn, refused, gone } = doorFor(1);
  comeMany(0, REFUSALS_AT_ONCE + 4);
  gone.add(REFUSALS_AT_ONCE + 3).add(REFUSALS_AT_ONCE + 1);
  door.leave(true);
  expect(letIn).toEqual([0, REFUSALS_AT_ONCE + 2]);
  door.look(idle);
  expect(refused).toHaveLength(REFUSALS_AT_ONCE);
});

test('a look tells what was refused and what is in flight', () => {
  const { door, comeMany } = doorFor(2);
  comeMany(0, 5);
  expect(door.look(idle)).toEqual({ refused: 3, inFlight: 2 });
  door.leave(true);
  expect(door.look(idle)).toEqual({ refused: 0, inFlight: 1 });
});

describe('Where a busy loop works on few', () => {
  const busy = { busyMs: 100, idleMs: 0, turnMs: 1, callsWait: true };

  /** A door with four inside that has been busy for a while: there are two places. */
  function busyDoor() {
    const all = doorFor(100);
    all.comeMany(0, 4);
    all.door.look(busy);
    return all;
  }

  test('who comes waits, and goes in when there is a place, the first first', () => {
    const { door, comeMany, letIn, refused } = busyDoor();
    comeMany(4, 3);
    expect(door.isWaitedAt).toBe(true);
    door.leave(true);
    door.leave(true);
    expect(letIn).toEqual([0, 1, 2, 3]);
    door.leave(true);
    door.leave(true);
    expect(letIn).toEqual([0, 1, 2, 3, 4, 5]);
    door.leave(true);
    expect(letIn).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect([door.isWaitedAt, refused]).toEqual([false, []]);
  });

  test('a loop that sleeps lets in who waits', () => {
    const { door, comeMany, letIn } = busyDoor();
    comeMany(4, 3);
    for (let nth = 0; nth < 3; nth++) door.pace(idle);
    expect(letIn).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  test('who has gone is passed over', () => {
    const { door, comeMany, letIn, gone } = busyDoor();
    comeMany(4, 3);
    gone.add(4);
    for (let nth = 0; nth < 3; nth++) door.leave(true);
    expect(letIn).toEqual([0, 1, 2, 3, 5]);
  });

  test('who waits is in flight, and is refused where that is too many', () => {
    const { door, comeMany, refused } = busyDoor();
    comeMany(4, 97);
    expect(refused).toEqual([100]);
    expect(door.look(idle)).toEqual({ refused: 1, inFlight: 100 });
  });
});
