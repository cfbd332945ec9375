/**
 * Preloaded into the gateway (`node --import`) for studies that measure inside its process. Serves readings as
 * JSON over HTTP at the Unix socket that `BENCH_PROBE` names.
 */
import { createServer } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { COLLECTED, type Reading } from './reading.js';

/** The interval of the event loop's delay measurement. */
const RESOLUTION_MS = 1;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();

createServer((request, response) => {
  if (request.url === COLLECTED) collect();
  response.setHeader('connection', 'close');
  response.end(JSON.stringify(read()));
})
  .listen(process.env['BENCH_PROBE'])
  .unref();

function read(): Reading {
  const { rss, heapUsed } = process.memoryUsage();
  const ms = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);
  const delayMs = { p50: ms(delay.percentile(50)), p99: ms(delay.percentile(99)), max: ms(delay.max) };
  delay.reset();
  return { rssBytes: rss, heapBytes: heapUsed, delayMs };
}
