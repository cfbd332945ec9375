import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { descendants, parseStat, usageOf } from './accounting.js';

const LINE =
  '4242 (node (a) b) S 17 4242 4242 0 -1 4194304 9000 80 1 0 300 41 5 2 20 0 11 0 123456 1125408768 22000 18446744073709551615';

test('parses a line of /proc/<pid>/stat with any program name', () => {
  expect(parseStat(LINE)).toEqual({ pid: 4242, parent: 17, ticks: 348, runnable: false });
  expect(parseStat(LINE.replace(') S', ') R'))).toMatchObject({ runnable: true });
});

test('finds a process and its descendants', () => {
  const stats = [
    { pid: 1, parent: 0, ticks: 1, runnable: false },
    { pid: 3, parent: 2, ticks: 1, runnable: false },
    { pid: 2, parent: 1, ticks: 1, runnable: false },
    { pid: 4, parent: 3, ticks: 1, runnable: false },
    { pid: 5, parent: 1, ticks: 1, runnable: false },
  ];
  expect(descendants(2, stats).map(({ pid }) => pid)).toEqual([2, 3, 4]);
  expect(() => descendants(6, stats)).toThrow('6');
});

test('measures a running process', async () => {
  const busy = spawn(process.execPath, ['-e', "require('node:fs').writeSync(1, 'busy'); for (;;);"]);
  try {
    await once(busy.stdout, 'data');
    const { cpuMs, peakBytes, runnable } = await usageOf(busy.pid!);
    expect(cpuMs).toBeGreaterThan(0);
    expect(peakBytes).toBeGreaterThan(1024 * 1024);
    expect(runnable).toBe(true);
  } finally {
    busy.kill('SIGKILL');
    await once(busy, 'exit');
  }
});
