/** Keeps what all programs write that the tests start, crashes included. Loaded before each file of tests if it is wanted. */
import type { ChildProcess } from 'node:child_process';
import { hasSubscribers, subscribe } from 'node:diagnostics_channel';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { keep } from './write.js';

/** Told of each process that is started. */
const STARTED = 'child_process';

// A worker of Jest runs many files of tests.
if (!hasSubscribers(STARTED)) {
  subscribe(STARTED, (message) => {
    const { process: child } = message as { readonly process: ChildProcess };
    // Its streams are there when `spawn` has returned. A listener would have them flow before the test listens.
    process.nextTick(() => {
      // What it writes is the source of programs.
      if (basename(child.spawnfile) === 'esbuild') return;
      for (const stream of [child.stdout, child.stderr]) if (stream) tee(stream);
    });
  });
}

function tee(stream: Readable): void {
  const push = stream.push.bind(stream);
  stream.push = (chunk: Buffer | null, encoding) => {
    if (chunk !== null) keep('programs', chunk);
    return push(chunk, encoding);
  };
}
