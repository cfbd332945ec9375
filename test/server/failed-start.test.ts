/** A gateway that cannot listen leaves nothing open, so that a program can start another one. */
import { createHook } from 'node:async_hooks';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { ApolloServerPlugin } from '@apollo/server';
import { processSharedState, type SharedState } from '../../src/state/shared-state.js';
import { startTestGateway, type TestGatewayOptions } from '../helpers/gateway.js';
import { unusedIssuer } from '../helpers/test-principal.js';
import { startTokenEndpoint, type TestTokenEndpoint } from '../helpers/token-endpoint.js';
import { until } from '../helpers/until.js';

let taken: Server;
let tokens: TestTokenEndpoint;
let listeners: number;
let sharedState: SharedState;

beforeEach(async () => {
  taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  tokens = await startTokenEndpoint();
  listeners = 0;
  const state = processSharedState();
  sharedState = {
    ...state,
    messages: {
      publish: (channel, message) => {
        state.messages.publish(channel, message);
      },
      sync: () => state.messages.sync(),
      onGap: () => counted(() => undefined),
      listen: async (channel, listener) => counted(await state.messages.listen(channel, listener)),
    },
    cooldowns: { ...state.cooldowns, listen: () => counted(() => undefined) },
  };
});
afterEach(async () => {
  taken.close();
  await tokens.close();
});

function counted(stop: () => void): () => void {
  listeners += 1;
  return () => {
    listeners -= 1;
    stop();
  };
}

const takenPort = () => String((taken.address() as AddressInfo).port);

function start(env: Readonly<Record<string, string>>, options: Partial<TestGatewayOptions> = {}) {
  return startTestGateway({
    demandApiUrl: 'http://127.0.0.1:9/v1',
    sharedState,
    ...options,
    env: {
      ...unusedIssuer,
      ...tokens.env,
      METRICS_PORT: '0',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
      ...env,
    },
  });
}

/** Runs `act`. @returns the timers and servers of its making that are still there after a while */
async function leftBy(act: () => Promise<void>): Promise<readonly string[]> {
  const left = new Map<number, string>();
  let isActing = true;
  const hook = createHook({
    init: (id, type) => {
      if (isActing && /^(?:Timeout|TCPSERVERWRAP)$/.test(type)) left.set(id, type);
    },
    destroy: (id) => left.delete(id),
  }).enable();
  try {
    await act();
    isActing = false;
    await until(() => left.size === 0).catch(() => undefined);
    return [...left.values()];
  } finally {
    hook.disable();
  }
}

const failing: ApolloServerPlugin = { serverWillStart: () => Promise.reject(new Error('A plugin fails.')) };

test.each<[string, () => Promise<unknown>, RegExp]>([
  ['PORT is taken', () => start({ PORT: takenPort() }), /EADDRINUSE/],
  ['METRICS_PORT is taken', () => start({ METRICS_PORT: takenPort() }), /EADDRINUSE/],
  ['a plugin fails', () => start({}, { plugins: [failing] }), /A plugin fails/],
])('nothing is left open where %s', async (_, failToStart, message) => {
  const left = await leftBy(async () => {
    await expect(failToStart()).rejects.toThrow(message);
  });
  expect({ left, listeners }).toEqual({ left: [], listeners: 0 });
  const gateway = await start({});
  expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);
  await gateway.close();
  expect(listeners).toBe(0);
});
