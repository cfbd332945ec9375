import { ConfigError, readConfig, type Config } from '../config.js';
import { unsafeSettings } from '../config/unsafe-settings.js';
import type { Emulator } from '../emulator/index.js';
import type { GatewayOptions } from '../server.js';
import type { Logger } from '../telemetry/logger.js';
import { demoIdentity, demoPeople, type Person } from './demo-identity.js';
import { demoQuery } from './demo-query.js';

// Modules that only some processes need are loaded on demand: the primary of several workers runs no GraphQL, and a gateway that
// fronts an API runs no emulator.

/** The variables that set where the gateway listens. */
const LISTENING = 'PORT or HOST';

/** The token that explorers send, for workers of a gateway with the emulator. */
const DEMO_TOKEN = 'FIELDGATE_DEMO_TOKEN';

export interface StartOptions {
  readonly config: Config;
  readonly logger: Logger;
  /** Called if the gateway fails after it has been ready, and cannot recover. */
  readonly onFailed: (error: Error) => void;
  /**
   * The environment to complete with the emulator's URLs, if the emulator serves as identity provider and token endpoint.
   * Default: it does not.
   */
  readonly demoEnvironment?: NodeJS.ProcessEnv;
}

export interface Running {
  /** Begins to replace the workers, if there are any. */
  restart?(): void;
  close(): Promise<void>;
}

/**
 * Starts the gateway, with the emulator if there is no API to front.
 *
 * @throws {ConfigError} if the settings do not let it start
 */
export async function start(options: StartOptions): Promise<Running> {
  for (const warning of unsafeSettings(options.config)) options.logger.warn(warning);
  const { url: demandApi } = options.config.demandApi;
  if (demandApi !== undefined) {
    const gateway = await usable(LISTENING, serve(options, {}), options.config);
    sayReady(options, gateway, { demandApi });
    return gateway;
  }
  return await startWithEmulator(options);
}

async function startWithEmulator(options: StartOptions): Promise<Running> {
  const { logger } = options;
  const { demo, startEmulator } = await loadEmulator();
  const { port, data, simulate } = options.config.emulator;
  const emulator = await usable(
    'EMULATOR_PORT or EMULATOR_DATA',
    startEmulator({ port, data, control: true, ...(simulate && { simulate: {} }) }),
  );
  try {
    const { config, environment, people } = await identityOf(options, emulator);
    const token = people.find(({ isExplorer }) => isExplorer)?.token ?? demo.token;
    const environmentOfWorkers = {
      ...environment,
      DEMAND_API_URL: emulator.url,
      // The emulator is the only server that they call, and a proxy may not reach it.
      no_proxy: '*',
      [DEMO_TOKEN]: token,
    };
    const over = { demandApiUrl: emulator.url, firstQuery: demoQuery(demo, token), environmentOfWorkers };
    const gateway = await usable(LISTENING, serve({ ...options, config }, over), config);
    logger.info(
      { url: emulator.url, control: emulator.controlUrl },
      'The Demand API emulator is running, with demo data.',
    );
    for (const { subject, allows, token } of people) {
      logger.info({ subject, header: authorization(token) }, `A token that ${allows}, for 24 hours.`);
    }
    sayReady(options, gateway, { header: authorization(token) });
    return { ...gateway, close: () => gateway.close().then(() => emulator.close()) };
  } catch (error) {
    await emulator.close();
    throw error;
  }
}

/** @throws {ConfigError} if the emulator's native package is not installed, as in the container image */
export async function loadEmulator() {
  try {
    return await import('../emulator/index.js');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error;
    throw new ConfigError('DEMAND_API_URL is not set, and the emulator is not part of this installation', {
      cause: error,
    });
  }
}

interface Identity {
  readonly config: Config;
  /** Environment variables that workers need in addition to those of this process. */
  readonly environment: Readonly<Record<string, string>>;
  readonly people: readonly Person[];
}

/** The settings and people of a gateway that trusts the emulator's identity provider, if it does. */
async function identityOf({ config, demoEnvironment }: StartOptions, emulator: Emulator): Promise<Identity> {
  if (demoEnvironment === undefined) return { config, environment: {}, people: [] };
  const environment = demoIdentity(emulator);
  return {
    config: readConfig({ ...demoEnvironment, ...environment }),
    environment,
    people: await demoPeople(emulator),
  };
}

function authorization(token: string): string {
  return `Authorization: Bearer ${token}`;
}

/** The variables that only workers get, beyond the settings that `readConfig` reads. */
export async function workerOptions(
  environment: NodeJS.ProcessEnv,
): Promise<Pick<GatewayOptions, 'firstQuery'>> {
  const token = environment[DEMO_TOKEN];
  if (token === undefined) return {};
  const { demo } = await import('../emulator/demo.js');
  return { firstQuery: demoQuery(demo, token) };
}

interface Over extends Pick<GatewayOptions, 'demandApiUrl' | 'firstQuery'> {
  readonly environmentOfWorkers?: Readonly<Record<string, string>>;
}

interface Serving extends Running {
  readonly url: string;
  readonly metricsUrl: string | undefined;
}

/** Starts the gateway in this process, or in workers. */
async function serve(
  { config, logger, onFailed }: StartOptions,
  { environmentOfWorkers: environment = {}, ...over }: Over,
): Promise<Serving> {
  if (config.workers === 1) {
    const { startGateway } = await import('../server.js');
    return await startGateway({ config, logger, ...over });
  }
  const { startPrimary } = await import('./workers/primary.js');
  return await startPrimary({ config, logger, onFailed, environment });
}

function sayReady(
  { config: { workers }, logger }: StartOptions,
  { url, metricsUrl }: Serving,
  more: object,
): void {
  const metrics = metricsUrl === undefined ? {} : { metrics: `${metricsUrl}/metrics` };
  logger.info(
    { url: `${url}/graphql`, ...metrics, ...more, ...(workers > 1 && { workers }) },
    'Fieldgate is ready.',
  );
}

/** Adds the names of the responsible settings to an error at the start. */
async function usable<T>(
  variables: string,
  starting: Promise<T>,
  { telemetry }: Partial<Pick<Config, 'telemetry'>> = {},
): Promise<T> {
  try {
    return await starting;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    const isMetricsPort = 'port' in error && error.port !== 0 && error.port === telemetry?.metricsPort;
    const names = isMetricsPort ? 'METRICS_PORT' : variables;
    throw new ConfigError(`${names} cannot be used: ${error.message}`, { cause: error });
  }
}
