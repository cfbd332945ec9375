import { ConfigError, type Config } from '../config.js';
import type { GatewayOptions } from '../server.js';
import type { Logger } from '../telemetry/logger.js';
import { demoQuery } from './demo-query.js';

// Modules that only some processes need are loaded on demand: the primary of a cluster runs no GraphQL, and a gateway that fronts
// an API runs no emulator.

/** The variables that set where the gateway listens. */
const LISTENING = 'PORT or HOST';

export interface StartOptions {
  readonly config: Config;
  readonly logger: Logger;
  /** Called if the gateway fails after it has been ready, and cannot recover. */
  readonly onFailed: (error: Error) => void;
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
  const { config, logger } = options;
  const { url: demandApi } = config.demandApi;
  if (demandApi !== undefined) {
    const gateway = await usable(LISTENING, serve(options, {}));
    sayReady(options, gateway.url, { demandApi });
    return gateway;
  }
  const { demo, startEmulator } = await import('../emulator/index.js');
  const { port, data } = config.emulator;
  const emulator = await usable(
    'EMULATOR_PORT or EMULATOR_DATA',
    startEmulator({ port, data, control: true }),
  );
  try {
    const over = { demandApiUrl: emulator.url, firstQuery: demoQuery(demo) };
    const gateway = await usable(LISTENING, serve(options, over));
    logger.info(
      { url: emulator.url, control: emulator.controlUrl },
      'A Demand API emulator runs beside the gateway, with demo data.',
    );
    sayReady(options, gateway.url, { header: `Authorization: Bearer ${demo.token}` });
    return { ...gateway, close: () => gateway.close().then(() => emulator.close()) };
  } catch (error) {
    await emulator.close();
    throw error;
  }
}

/** Starts the gateway in this process, or in workers. */
async function serve(
  { config, logger, onFailed }: StartOptions,
  over: Pick<GatewayOptions, 'demandApiUrl' | 'firstQuery'>,
): Promise<Running & { readonly url: string }> {
  if (config.workers === 1) {
    const { startGateway } = await import('../server.js');
    return await startGateway({ config, logger, ...over });
  }
  const { startCluster } = await import('../cluster/primary.js');
  return await startCluster({ config, logger, onFailed, ...over });
}

function sayReady({ config: { workers }, logger }: StartOptions, url: string, more: object): void {
  logger.info({ url: `${url}/graphql`, ...more, ...(workers > 1 && { workers }) }, 'Fieldgate is ready.');
}

/** Names the settings that kept something from starting. */
async function usable<T>(variables: string, starting: Promise<T>): Promise<T> {
  try {
    return await starting;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw new ConfigError(`${variables} cannot be used: ${error.message}`, { cause: error });
  }
}
