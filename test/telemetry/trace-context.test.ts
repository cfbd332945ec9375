import { describe, expect, test } from '@jest/globals';
import { continueTrace, nextTraceparent } from '../../src/telemetry/trace-context.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const numbered = (count: number) => Array.from({ length: count }, (_, n) => `k${n}=1`).join(',');
const valid = `00-${TRACE}-${PARENT}-01`;

describe('a traceparent that is valid is continued', () => {
  test.each([
    [valid, 1],
    [`00-${TRACE}-${PARENT}-00`, 0],
    [` ${valid} `, 1],
    // A version to come may say more at the end.
    [`01-${TRACE}-${PARENT}-01`, 1],
    [`cc-${TRACE}-${PARENT}-01-what-else`, 1],
  ])('%j', (traceparent, flags) => {
    const trace = continueTrace(traceparent, undefined);
    expect(trace).toMatchObject({ traceId: TRACE, traceState: undefined });
    expect(trace.traceFlags & 1).toBe(flags);
  });
});

describe('a traceparent that is not valid is the start of a new trace, without state', () => {
  test.each([
    undefined,
    '',
    'x',
    `00-${TRACE}-${PARENT}`,
    `00-${TRACE.toUpperCase()}-${PARENT}-01`,
    `00-${TRACE}-${PARENT.toUpperCase()}-01`,
    `00-${'0'.repeat(32)}-${PARENT}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `ff-${TRACE}-${PARENT}-01`,
    `00-${TRACE}-${PARENT}-01-more`,
    `00-${TRACE}-${PARENT}-1`,
    `00-${TRACE}-${PARENT}-0g`,
    `00-${TRACE.slice(1)}-${PARENT}-01`,
    `0-${TRACE}-${PARENT}-01`,
    `${valid},${valid}`,
  ])('%j', (traceparent) => {
    const trace = continueTrace(traceparent, 'vendor=1');
    expect(trace).toMatchObject({ traceFlags: 0, traceState: undefined });
    expect(trace.traceId).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
    expect(trace.traceId).not.toBe(TRACE);
  });

  test('which is another one each time', () => {
    expect(continueTrace(undefined, undefined).traceId).not.toBe(continueTrace(undefined, undefined).traceId);
  });
});

describe('a tracestate', () => {
  test.each([
    ['vendor=1', 'vendor=1'],
    ['a=1,b=2', 'a=1,b=2'],
    [' a=1 , b=2 ', 'a=1,b=2'],
    ['tenant@system=x', 'tenant@system=x'],
    ['a=1,,b=2', 'a=1,b=2'],
    ['a=1,NOT A KEY=2', 'a=1'],
    ['a=1,b=2,a=3', 'a=1,b=2'],
    ['1=x', undefined],
    ['1t@system=x', '1t@system=x'],
    ['a=1=2', undefined],
    ['a= x', 'a= x'],
    ['a=', undefined],
    ['a=\u00e9', undefined],
    [`${'k'.repeat(256)}=1`, `${'k'.repeat(256)}=1`],
    [`${'k'.repeat(257)}=1`, undefined],
    [`a=${'v'.repeat(256)}`, `a=${'v'.repeat(256)}`],
    [`a=${'v'.repeat(257)}`, undefined],
    [`a=${'v'.repeat(256)},b=${'v'.repeat(251)}`, `a=${'v'.repeat(256)},b=${'v'.repeat(251)}`],
    [`a=${'v'.repeat(256)},b=${'v'.repeat(252)}`, `a=${'v'.repeat(256)}`],
    [numbered(33), numbered(32)],
    ['', undefined],
    ['no value', undefined],
    ['a=1\u0000', undefined],
  ])('%j is passed on as %j', (tracestate, passed) => {
    expect(continueTrace(valid, tracestate).traceState).toBe(passed);
  });
});

describe('the traceparent of a call', () => {
  test.each([0, 1])('is of the trace, with a parent of its own, flags %i', (traceFlags) => {
    const trace = { traceId: TRACE, traceFlags, traceState: undefined };
    const [first, second] = [nextTraceparent(trace), nextTraceparent(trace)];
    expect(first).toMatch(new RegExp(`^00-${TRACE}-(?!0{16})[0-9a-f]{16}-0${traceFlags}$`));
    expect(first).not.toBe(second);
  });

  test('is one that a trace can be continued from', () => {
    const trace = continueTrace(valid, 'vendor=1');
    const traceparent = nextTraceparent(trace);
    expect(continueTrace(traceparent, trace.traceState)).toEqual({
      ...trace,
      spanId: traceparent.slice(36, 52),
    });
  });

  test('passes on no flag but those that its version defines', () => {
    expect(nextTraceparent(continueTrace(`01-${TRACE}-${PARENT}-ff`, undefined))).toMatch(/-03$/);
  });
});
