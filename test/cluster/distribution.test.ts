import { Socket } from 'node:net';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { Distribution, type Taker } from '../../src/cluster/distribution.js';

/** Writes down what it is offered. */
class FakeTaker implements Taker {
  readonly offers: { readonly connection: number; readonly socket: Socket }[] = [];
  constructor(readonly id: number) {}

  offer(connection: number, socket: Socket): void {
    this.offers.push({ connection, socket });
  }
}

let distribution: Distribution;
let one: FakeTaker;
let two: FakeTaker;
beforeEach(() => {
  distribution = new Distribution();
  one = new FakeTaker(1);
  two = new FakeTaker(2);
});

function place(count: number): Socket[] {
  const sockets = Array.from({ length: count }, () => new Socket());
  for (const socket of sockets) distribution.place(socket);
  return sockets;
}

/** A taker takes all that it has been offered. */
function takeAll(taker: FakeTaker): void {
  for (const { connection } of taker.offers) distribution.took(taker, connection);
}

const counts = () => [one.offers.length, two.offers.length];

describe('Connections', () => {
  test('go to both in turn', () => {
    distribution.add(one);
    distribution.add(two);
    place(1);
    expect(counts()).toEqual([1, 0]);
    place(3);
    expect(counts()).toEqual([2, 2]);
  });

  test('go to the one that has the fewest', () => {
    distribution.add(one);
    place(6);
    takeAll(one);
    distribution.add(two);
    place(6);
    expect(counts()).toEqual([6, 6]);
    takeAll(two);
    for (let left = 0; left < 3; left += 1) distribution.left(one);
    place(3);
    expect(counts()).toEqual([9, 6]);
  });

  test('wait for the first that takes any', () => {
    const sockets = place(2);
    expect(distribution.isOpen).toBe(false);
    distribution.add(one);
    expect(distribution.isOpen).toBe(true);
    expect(one.offers.map(({ socket }) => socket)).toEqual(sockets);
  });

  test('wait rather than go in numbers to one that takes none of them', () => {
    distribution.add(one);
    const sockets = place(20);
    expect(counts()).toEqual([8, 0]);
    distribution.add(two);
    expect(counts()).toEqual([8, 8]);
    takeAll(two);
    expect(counts()).toEqual([8, 12]);
    expect(new Set([...one.offers, ...two.offers].map(({ socket }) => socket))).toEqual(new Set(sockets));
  });

  test('stay open here until they are taken, and not longer', () => {
    distribution.add(one);
    const [socket] = place(1);
    expect(socket!.destroyed).toBe(false);
    takeAll(one);
    expect(socket!.destroyed).toBe(true);
  });
});

describe('One that is stopped', () => {
  test('is offered nothing more, and may still take what it was offered', () => {
    distribution.add(one);
    distribution.add(two);
    const [first] = place(1);
    distribution.stop(one);
    place(3);
    expect(counts()).toEqual([1, 3]);
    takeAll(one);
    expect(first!.destroyed).toBe(true);
    distribution.stop(two);
    expect(distribution.isOpen).toBe(false);
  });
});

describe('What one that is lost', () => {
  test('has not taken goes to another', () => {
    distribution.add(one);
    const [taken, offered] = place(2);
    distribution.took(one, one.offers[0]!.connection);
    distribution.add(two);
    distribution.lost(one);
    expect(two.offers.map(({ socket }) => socket)).toEqual([offered]);
    expect([taken!.destroyed, offered!.destroyed]).toEqual([true, false]);
  });

  test('says of it afterwards does not count', () => {
    distribution.add(one);
    const [socket] = place(1);
    distribution.lost(one);
    takeAll(one);
    distribution.left(one);
    expect(socket!.destroyed).toBe(false);
  });

  test('leaves without anybody is cut at the end', () => {
    distribution.add(one);
    const [socket] = place(1);
    distribution.lost(one);
    distribution.end();
    expect(socket!.destroyed).toBe(true);
  });
});
