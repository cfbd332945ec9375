import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setImmediate as nextIteration } from 'node:timers/promises';

/**
 * How long to wait for an iteration without a new connection, in milliseconds: on a busy server there may be none.
 */
const WITHIN_MS = 2000;
/** How long to wait for one that was also idle, in milliseconds. */
const IDLE_WITHIN_MS = 200;
/** The longest iteration of the event loop that counts as idle, in milliseconds. */
const IDLE_ITERATION_MS = 0.1;

/**
 * Stops listening, if possible at a moment when no connection waits to be accepted: the kernel resets waiting connections, whose
 * clients may have sent a request already, which a proxy cannot repeat safely. Open connections stay open.
 */
export async function stopListening(server: Server): Promise<void> {
  let accepted = 0;
  const onConnection = () => {
    accepted += 1;
  };
  server.on('connection', onConnection);
  const start = performance.now();
  // From here on there is a phase in which connections are accepted between two immediates. The first may follow such a phase directly.
  await nextIteration();
  for (let isQuiet = false, elapsed = 0; !isQuiet && elapsed < WITHIN_MS;) {
    const before = accepted;
    const begun = performance.now();
    await nextIteration();
    const now = performance.now();
    elapsed = now - start;
    isQuiet = accepted === before && (now - begun < IDLE_ITERATION_MS || elapsed >= IDLE_WITHIN_MS);
  }
  server.off('connection', onConnection);
  // `close` of an HTTP server would end idle connections.
  NetServer.prototype.close.call(server);
}
