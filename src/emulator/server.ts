import { fastify, LogController, type FastifyPluginAsync, type FastifyReply } from 'fastify';
import { monotonicFactory } from 'ulid';
import { Clock } from './clock.js';
import { CONTROL_PATH, serveControl } from './control/control.js';
import { RequestLog } from './control/request-log.js';
import { defaultDeliveryOptions } from './deliveries/options.js';
import { Sender } from './deliveries/sender.js';
import { applyDueChanges } from './due-changes.js';
import { Delays } from './faults/delays.js';
import { FaultRules } from './faults/fault-rules.js';
import { Replica } from './faults/replica.js';
import { WebhookFaults } from './faults/webhook-faults.js';
import { serveApi } from './http/api.js';
import { readJsonBodies } from './http/body.js';
import { sendError } from './http/errors.js';
import { BASE_PATH } from './http/api-request.js';
import { RateLimiter } from './http/rate-limit.js';
import { schemaCompiler } from './http/schemas.js';
import { serveIdentityProvider, TOKEN_PATH } from './identity/identity-provider.js';
import { Issuer } from './identity/issuer.js';
import { SigningKeys } from './identity/signing-keys.js';
import { resumeJobs } from './jobs/resume.js';
import { JobRunner } from './jobs/runner.js';
import type { Emulator, EmulatorOptions } from './options.js';
import { DemoData, isEmpty } from './seed/seed.js';
import type { Services } from './services.js';
import { Simulator } from './simulator/simulator.js';
import { openDatabase, type Database } from './store/database.js';
import { forgetOldEvents } from './store/events.js';
import { hasWebhooks } from './store/webhooks.js';
import { Ticker } from './ticker.js';

const DEFAULT_JOB_STEP_MS = 200;
/** How often changes that time causes are looked for, to emit webhook events. */
const DUE_CHANGES_MS = 200;

/**
 * Starts a local Demand API. Jobs and deliveries that an earlier process left unfinished in `data` resume.
 *
 * @throws Error if the port is taken or the file cannot be used
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const clock = new Clock(options.clock ?? Date.now);
  const database = openDatabase(options.data ?? ':memory:');
  const keys = await keysIn(database);
  const demoData = new DemoData(database);
  const app = fastify({
    ...(options.logger && { loggerInstance: options.logger }),
    logController: new LogController({ disableRequestLogging: true }),
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    frameworkErrors: (error, request, reply: FastifyReply) => sendError(error, reply, request.log),
  });
  const ulid = monotonicFactory();
  const newId = () => ulid(clock.now());
  let origin = '';
  const issuer = new Issuer({ keys, clock, newId, url: () => origin });
  const logFailure = (what: string) => (error: unknown) => app.log.error({ err: error }, `${what} failed`);
  const webhookFaults = new WebhookFaults();
  const services: Services = {
    database,
    clock,
    issuer,
    jobs: new JobRunner(options.jobStepMs ?? DEFAULT_JOB_STEP_MS, logFailure('background job')),
    sender: new Sender(
      database,
      { ...defaultDeliveryOptions, ...options.deliveries },
      webhookFaults,
      logFailure('delivery to webhooks'),
    ),
    newId,
  };
  const simulator = new Simulator(services, options.simulate, logFailure('simulation'));
  // Requests apply due changes before they are answered; webhooks must hear of them without any request.
  const dueChanges = new Ticker(
    () => {
      if (hasWebhooks(database)) applyDueChanges(services, clock.now());
    },
    DUE_CHANGES_MS,
    logFailure('applying due changes'),
  );
  const controlState = {
    faults: new FaultRules(),
    delays: new Delays(),
    requests: new RequestLog(),
    replica: new Replica(),
  };
  const limiter = options.rateLimit && new RateLimiter(options.rateLimit);

  const reset = (): void => {
    services.jobs.stop();
    controlState.delays.cancelAll();
    controlState.faults.clear();
    controlState.requests.clear();
    controlState.replica.clear();
    webhookFaults.clear();
    limiter?.reset();
    clock.reset();
    issuer.reset();
    demoData.restore(clock.now());
    services.sender.reset();
    simulator.reset();
  };

  readJsonBodies(app);
  app.setValidatorCompiler(schemaCompiler());
  app.register(named('api', async (api) => serveApi(api, services, controlState, limiter)));
  app.register(
    named('identity', async (provider) => serveIdentityProvider(provider, issuer, controlState, clock)),
  );
  if (options.control === true) {
    app.register(
      named('control', async (control) =>
        serveControl(control, services, controlState, { simulator, webhookFaults, reset }),
      ),
      { prefix: CONTROL_PATH },
    );
  }

  const stop = async (): Promise<void> => {
    controlState.delays.cancelAll();
    simulator.pause();
    dueChanges.stop();
    await app.close();
    services.jobs.stop();
    await services.sender.stop();
    database.close();
  };

  try {
    if (isEmpty(database)) demoData.restore(clock.now());
    origin = await app.listen({ host: options.host ?? '127.0.0.1', port: options.port ?? 0 });
    forgetOldEvents(database, clock.now());
    resumeJobs(services);
    services.sender.start();
    simulator.start();
    dueChanges.start();
    let stopped: Promise<void> | undefined;
    return {
      url: `${origin}${BASE_PATH}`,
      controlUrl: `${origin}${CONTROL_PATH}`,
      issuer: issuer.url,
      tokenUrl: `${origin}${TOKEN_PATH}`,
      issueUserToken: (request) => issuer.issueUserToken(request),
      close: () => (stopped ??= stop()),
    };
  } catch (error) {
    await stop();
    throw error;
  }
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
