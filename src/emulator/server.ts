import { fastify, LogController, type FastifyBaseLogger, type FastifyReply } from 'fastify';
import { monotonicFactory } from 'ulid';
import { Clock } from './clock.js';
import { CONTROL_PATH, serveControl } from './control/control.js';
import { RequestLog } from './control/request-log.js';
import { Delays } from './faults/delays.js';
import { FaultRules } from './faults/fault-rules.js';
import { Replica } from './faults/replica.js';
import { serveApi } from './http/api.js';
import { readJsonBodies } from './http/body.js';
import { sendError } from './http/errors.js';
import { BASE_PATH } from './http/api-request.js';
import { RateLimiter, type RateLimit } from './http/rate-limit.js';
import { schemaCompiler } from './http/schemas.js';
import { serveIdentityProvider, TOKEN_PATH } from './identity/identity-provider.js';
import { Issuer, type UserTokenRequest } from './identity/issuer.js';
import { SigningKeys } from './identity/signing-keys.js';
import { resumeJobs } from './jobs/resume.js';
import { JobRunner } from './jobs/runner.js';
import { isEmpty, seed, wipe } from './seed/seed.js';
import type { Services } from './services.js';
import { openDatabase, type Database } from './store/database.js';

export interface EmulatorOptions {
  /** The address to listen on. Default `127.0.0.1`. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** The SQLite file, created with its folder. An empty file is seeded with the demo data. Default `:memory:`. */
  readonly data?: string;
  /** Returns milliseconds since the epoch; all time-dependent rules use it. Default `Date.now`. */
  readonly clock?: () => number;
  /** Whether to serve the control surface. Default false. */
  readonly control?: boolean;
  /** The time that a background job takes for each target group, in milliseconds. Default 200. */
  readonly jobStepMs?: number;
  /** The rate limit of each token. Default: none. */
  readonly rateLimit?: RateLimit;
  /** Default: silent. */
  readonly logger?: FastifyBaseLogger;
}

export interface Emulator {
  /** The API's base URL, e.g. `http://127.0.0.1:4010/v1`. */
  readonly url: string;
  /** The control surface's URL, e.g. `http://127.0.0.1:4010/__emulator`. */
  readonly controlUrl: string;
  /**
   * The identity provider's issuer identifier, below which `/.well-known/openid-configuration` is served, e.g.
   * `http://127.0.0.1:4010`.
   */
  readonly issuer: string;
  /** The token endpoint's URL, e.g. `http://127.0.0.1:4010/oauth/token`. */
  readonly tokenUrl: string;
  /** Issues a token for a caller of the gateway. */
  issueUserToken(request: UserTokenRequest): Promise<string>;
  /** Closes open connections, stops jobs after their current step, and closes the file. */
  close(): Promise<void>;
}

const DEFAULT_JOB_STEP_MS = 200;

/**
 * Starts a local Demand API. Jobs that an earlier process left unfinished in `data` resume.
 *
 * @throws Error if the port is taken or the file cannot be used
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const clock = new Clock(options.clock ?? Date.now);
  const database = openDatabase(options.data ?? ':memory:');
  const keys = await keysIn(database);
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
  const services: Services = {
    database,
    clock,
    issuer,
    jobs: new JobRunner(options.jobStepMs ?? DEFAULT_JOB_STEP_MS, (error) => {
      app.log.error({ err: error }, 'background job failed');
    }),
    newId,
  };
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
    limiter?.reset();
    clock.reset();
    issuer.reset();
    database.transaction(() => {
      wipe(database);
      seed(database, clock.now());
    });
  };

  readJsonBodies(app);
  app.setValidatorCompiler(schemaCompiler());
  app.register(async (api) => serveApi(api, services, controlState, limiter));
  app.register(async (provider) => serveIdentityProvider(provider, issuer, controlState, clock));
  if (options.control === true) {
    app.register(async (control) => serveControl(control, services, controlState, reset), {
      prefix: CONTROL_PATH,
    });
  }

  const stop = async (): Promise<void> => {
    controlState.delays.cancelAll();
    await app.close();
    services.jobs.stop();
    database.close();
  };

  try {
    if (isEmpty(database)) database.transaction(() => seed(database, clock.now()));
    origin = await app.listen({ host: options.host ?? '127.0.0.1', port: options.port ?? 0 });
    resumeJobs(services);
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

async function keysIn(database: Database): Promise<SigningKeys> {
  try {
    return await SigningKeys.open(database);
  } catch (error) {
    database.close();
    throw error;
  }
}
