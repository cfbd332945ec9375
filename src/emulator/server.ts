import {
  fastify,
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyPluginAsync,
  type FastifyReply,
} from 'fastify';
import { Clock } from './clock.js';
import { CONTROL_PATH, serveControl } from './control/control.js';
import { serveApi } from './http/api.js';
import { BASE_PATH } from './http/api-request.js';
import { readJsonBodies } from './http/body.js';
import { sendError } from './http/errors.js';
import { schemaCompiler } from './http/schemas.js';
import { serveIdentityProvider, TOKEN_PATH } from './identity/identity-provider.js';
import { SigningKeys } from './identity/signing-keys.js';
import type { Emulator, EmulatorOptions } from './options.js';
import {
  closeParts,
  createParts,
  quiesce,
  resetParts,
  seedIfEmpty,
  startParts,
  type Parts,
} from './parts.js';
import { openDatabase, type Database } from './store/database.js';

/**
 * Starts a local Demand API. Jobs and deliveries that an earlier process left unfinished in `data` resume.
 *
 * @throws Error if the port is taken or the file cannot be used
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const clock = new Clock(options.clock ?? Date.now);
  const database = openDatabase(options.data ?? ':memory:');
  const keys = await keysIn(database);
  const app = createApp(options.logger);
  let origin = '';
  const parts = createParts(options, {
    clock,
    database,
    keys,
    url: () => origin,
    onError: (what) => (error) => app.log.error({ err: error }, `${what} failed`),
  });
  serve(app, parts, options.control === true);

  const stop = async (): Promise<void> => {
    quiesce(parts);
    await app.close();
    await closeParts(parts);
  };

  try {
    seedIfEmpty(parts);
    origin = await app.listen({ host: options.host ?? '127.0.0.1', port: options.port ?? 0 });
    startParts(parts);
  } catch (error) {
    await stop();
    throw error;
  }
  const { issuer } = parts.services;
  let stopped: Promise<void> | undefined;
  return {
    url: `${origin}${BASE_PATH}`,
    controlUrl: `${origin}${CONTROL_PATH}`,
    issuer: issuer.url,
    tokenUrl: `${origin}${TOKEN_PATH}`,
    issueUserToken: (request) => issuer.issueUserToken(request),
    close: () => (stopped ??= stop()),
  };
}

function createApp(logger: FastifyBaseLogger | undefined): FastifyInstance {
  return fastify({
    ...(logger && { loggerInstance: logger }),
    logController: new LogController({ disableRequestLogging: true }),
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    frameworkErrors: (error, request, reply: FastifyReply) => sendError(error, reply, request.log),
  });
}

function serve(app: FastifyInstance, parts: Parts, hasControl: boolean): void {
  const { services, controlState, limiter, simulator, webhookFaults } = parts;
  const { issuer, clock } = services;
  readJsonBodies(app);
  app.setValidatorCompiler(schemaCompiler());
  app.register(named('api', async (api) => serveApi(api, services, controlState, limiter)));
  app.register(
    named('identity', async (provider) => serveIdentityProvider(provider, issuer, controlState, clock)),
  );
  if (!hasControl) return;
  const reset = () => resetParts(parts);
  app.register(
    named('control', async (control) =>
      serveControl(control, services, controlState, { simulator, webhookFaults, reset }),
    ),
    { prefix: CONTROL_PATH },
  );
}

/** Fastify looks for a plugin without a name among all modules that are loaded. */
function named(name: string, plugin: FastifyPluginAsync): FastifyPluginAsync {
  return Object.assign(plugin, { [Symbol.for('fastify.display-name')]: name });
}

async function keysIn(database: Database): Promise<SigningKeys> {
  try {
    return await SigningKeys.open(database);
  } catch (error) {
    database.close();
    throw error;
  }
}
