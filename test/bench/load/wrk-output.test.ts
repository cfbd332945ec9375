import { describeErrors, parseWrk, type LoadErrors, type LoadResult } from './wrk-output.js';

const NO_ERRORS: LoadErrors = { connect: 0, read: 0, write: 0, status: 0, timeout: 0, wrong: 0 };
const RESULT: LoadResult = {
  requests: 1200,
  durationUs: 2_001_000,
  p50Us: 8000,
  p99Us: 21_000,
  maxUs: 40_000,
  errors: NO_ERRORS,
};

test("parses the script's line in wrk's output", () => {
  const output = [
    'Running 2s test @ http://127.0.0.1:4000/graphql',
    '  1 threads and 50 connections',
    `result ${JSON.stringify(RESULT)}`,
    'Requests/sec:    600.00',
  ];
  expect(parseWrk(output.join('\n'))).toEqual(RESULT);
  expect(() => parseWrk('Running 2s test')).toThrow('Running 2s test');
});

test.each([
  [{}, undefined],
  [{ requests: 0 }, 'no response'],
  [{ errors: { ...NO_ERRORS, status: 3, wrong: 3 } }, 'status: 3, wrong: 3'],
])('describes the errors %j', (part, failure) => {
  expect(describeErrors({ ...RESULT, ...part })).toBe(failure);
});
