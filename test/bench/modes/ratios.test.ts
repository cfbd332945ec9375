import { limitOf, readRatios, tooExpensive } from './ratios.js';

const RECORDED = { run: 4, list: 2, fanout: 2, pause: 10 };

test('accepts up to a quarter more than recorded', () => {
  expect(limitOf(4)).toBe(5);
  const ratios = { run: 5, list: 2.6, fanout: 0.5, pause: NaN };
  expect(tooExpensive(['run', 'list', 'fanout', 'pause'], ratios, RECORDED)).toEqual(['list', 'pause']);
});

test('requires a number for each operation', () => {
  expect(readRatios('{"run": 4, "list": 2}', ['run', 'list'])).toEqual({ run: 4, list: 2 });
  expect(() => readRatios('{"run": 4, "list": "2"}', ['run', 'list'])).toThrow('list');
});
