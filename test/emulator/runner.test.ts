import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { JobRunner } from '../../src/emulator/jobs/runner.js';
import { openDatabase } from '../../src/emulator/store/database.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

test('a stopped runner takes no further steps', () => {
  let steps = 0;
  const runner = new JobRunner(10, () => undefined);
  runner.start(() => (steps += 1) > 0);
  jest.advanceTimersByTime(25);
  expect(steps).toBe(2);
  runner.stop();
  jest.advanceTimersByTime(1000);
  expect(steps).toBe(2);
});

test('a step that throws is reported and stops only its own job', () => {
  const errors: unknown[] = [];
  const failure = new Error('broken');
  const runner = new JobRunner(10, (error) => errors.push(error));
  let steps = 0;
  runner.start(() => {
    throw failure;
  });
  runner.start(() => (steps += 1) < 3);
  jest.advanceTimersByTime(1000);
  expect(errors).toEqual([failure]);
  expect(steps).toBe(3);
});

test('a transaction that throws is rolled back', () => {
  const database = openDatabase(':memory:');
  try {
    const failing = (): void =>
      database.transaction(() => {
        database.run("INSERT INTO accounts (id, name) VALUES (1, 'x')");
        throw new Error('broken');
      });
    expect(failing).toThrow('broken');
    expect(database.all('SELECT id FROM accounts')).toEqual([]);
  } finally {
    database.close();
  }
});
