#!/usr/bin/env node
import cluster from 'node:cluster';
import { inspect } from 'node:util';
import { readArguments } from './main/arguments.js';
import { ConfigError, processEnvironment, readConfig, useEnvFile } from './config.js';
import { demoIdentity, PENDING_URLS, usesDemoIdentity } from './main/demo-identity.js';
import { keepHeapSmall } from './main/heap.js';
import { ProcessEnd } from './main/process-end.js';
import { endOnSignals, restartOnSignal } from './main/signals.js';
import { start, workerOptions } from './main/start.js';
import { endWithinMs } from './main/workers/timing.js';
import { WorkersFailed } from './main/workers/worker-process.js';
import { createLogger } from './telemetry/logger.js';
import { watchProcess } from './telemetry/process-failures.js';

keepHeapSmall();
try {
  const options = readArguments(process.argv.slice(2));
  // Workers inherit the variables of the primary.
  if (cluster.isPrimary) useEnvFile();
  if (options.check) {
    const { check } = await import('./main/check/check.js');
    const isWell = await check(processEnvironment, (line) => process.stdout.write(`${line}\n`));
    // What was tried may have left connections that are still closing.
    process.exit(isWell ? 0 : 1);
  }
  const isDemo = usesDemoIdentity(processEnvironment);
  const config = readConfig({ ...processEnvironment, ...(isDemo && demoIdentity(PENDING_URLS)) });
  const logger = createLogger(config.logLevel);
  if (config.workers > 1 && cluster.isWorker) {
    const { runWorker } = await import('./main/workers/worker.js');
    await runWorker({ config, logger, ...(await workerOptions(processEnvironment)) });
  } else {
    const onFailed = (error: Error) => {
      report(error);
      process.exit(1);
    };
    const end = new ProcessEnd(logger);
    watchProcess({ logger, close: () => end.begin(1), withinMs: endWithinMs(config) });
    endOnSignals(end, logger);
    const running = await start({
      config,
      logger,
      onFailed,
      ...(isDemo && { demoEnvironment: processEnvironment }),
    });
    end.closes(running);
    restartOnSignal(running);
  }
} catch (error) {
  report(error);
  process.exitCode = 1;
}

function report(error: unknown): void {
  const isPlain = error instanceof ConfigError || error instanceof WorkersFailed;
  process.stderr.write(`${isPlain ? error.message : inspect(error)}\n`);
}
