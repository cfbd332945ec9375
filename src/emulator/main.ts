/**
 * The emulator as a standalone program:
 *
 *     node dist/emulator/main.js --port 4010 --data .data/demand.sqlite --control --simulate
 *
 * `--simulate` simulates respondents; `--webhook-retry-ms` and `--webhook-timeout-ms` change how deliveries to webhooks are
 * repeated.
 *
 * It prints one line of JSON with its URL once it is ready, and exits on SIGTERM or SIGINT.
 */
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import type { RateLimit } from './http/rate-limit.js';
import type { EmulatorOptions } from './options.js';
import { startEmulator } from './server.js';

const log = pino();

try {
  const emulator = await startEmulator({ ...readArguments(), logger: log.child({}, { level: 'warn' }) });
  log.info({ url: emulator.url }, 'emulator ready');
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void emulator.close());
  }
} catch (error) {
  log.fatal(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

function readArguments(): EmulatorOptions {
  const { values } = parseArgs({
    options: {
      host: { type: 'string' },
      port: { type: 'string', default: '4010' },
      data: { type: 'string' },
      control: { type: 'boolean', default: false },
      'job-step-ms': { type: 'string' },
      'rate-limit': { type: 'string' },
      simulate: { type: 'boolean', default: false },
      'webhook-retry-ms': { type: 'string' },
      'webhook-timeout-ms': { type: 'string' },
    },
  });
  return {
    port: wholeNumber('port', values.port),
    control: values.control,
    ...(values.simulate && { simulate: {} }),
    deliveries: {
      ...(values['webhook-retry-ms'] !== undefined && {
        retryBaseMs: wholeNumber('webhook-retry-ms', values['webhook-retry-ms']),
      }),
      ...(values['webhook-timeout-ms'] !== undefined && {
        timeoutMs: wholeNumber('webhook-timeout-ms', values['webhook-timeout-ms']),
      }),
    },
    ...(values.host !== undefined && { host: values.host }),
    ...(values.data !== undefined && { data: values.data }),
    ...(values['job-step-ms'] !== undefined && {
      jobStepMs: wholeNumber('job-step-ms', values['job-step-ms']),
    }),
    ...(values['rate-limit'] !== undefined && { rateLimit: readRateLimit(values['rate-limit']) }),
  };
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${name} must be an integer, not "${text}"`);
  return Number(text);
}

function readRateLimit(text: string): RateLimit {
  const [requestsPerSecond = 0, burst = 0] = text.split(':').map(Number);
  if (!(requestsPerSecond > 0 && burst >= 1)) {
    throw new Error(`--rate-limit must be <requests per second>:<burst>, not "${text}"`);
  }
  return { requestsPerSecond, burst };
}
