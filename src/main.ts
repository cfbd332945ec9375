import { inspect } from 'node:util';
import { ConfigError, readConfig, type Config } from './config.js';
import { demo, startEmulator } from './emulator/index.js';
import { startGateway } from './server.js';
import type { FirstQuery } from './server/explorers.js';
import { createLogger, type Logger } from './telemetry/logger.js';

/** The variables that say where the gateway listens. */
const LISTENING = 'PORT or HOST';

interface Running {
  close(): Promise<void>;
}

try {
  const config = readConfig();
  const logger = createLogger(config.logLevel);
  closeOnSignal(await start(config, logger), logger);
} catch (error) {
  process.stderr.write(`${error instanceof ConfigError ? error.message : inspect(error)}\n`);
  process.exitCode = 1;
}

/** The gateway alone where it has an API to front, else with the emulator. */
async function start(config: Config, logger: Logger): Promise<Running> {
  if (config.demandApi.url !== undefined) {
    const gateway = await usable(LISTENING, startGateway({ config, logger }));
    logger.info({ url: `${gateway.url}/graphql`, demandApi: config.demandApi.url }, 'Fieldgate is ready.');
    return gateway;
  }
  const { port, data } = config.emulator;
  const emulator = await usable(
    'EMULATOR_PORT or EMULATOR_DATA',
    startEmulator({ port, data, control: true }),
  );
  try {
    const gateway = await usable(
      LISTENING,
      startGateway({ config, logger, demandApiUrl: emulator.url, firstQuery: demoQuery() }),
    );
    logger.info(
      { url: emulator.url, control: emulator.controlUrl },
      'A Demand API emulator runs beside it, with demo data.',
    );
    logger.info(
      { url: `${gateway.url}/graphql`, header: `Authorization: Bearer ${demo.token}` },
      'Fieldgate is ready.',
    );
    return { close: () => gateway.close().then(() => emulator.close()) };
  } catch (error) {
    await emulator.close();
    throw error;
  }
}

function demoQuery(): FirstQuery {
  const { token, accountId, projectId, live } = demo;
  return {
    document: `# Target groups of the demo that something can be done with, and their fielding runs.
query TargetGroups($projectId: ID!) {
  targetGroups(projectId: $projectId, first: 5, filter: { status: [LIVE, PAUSED, SCHEDULED] }) {
    nodes {
      id
      name
      status
      fieldingRun {
        id
        version
        availableActions
      }
    }
  }
}

# Run it, follow the job with the query below, and look at the target groups again.
mutation Pause($input: PauseTargetGroupsInput!) {
  pauseTargetGroups(input: $input) {
    batchJob {
      id
      status
    }
    idempotencyKey
    userErrors {
      code
      message
      field
    }
  }
}

query Job($id: ID!) {
  batchJob(id: $id) {
    status
    pollAfterSeconds
    updatedTargetGroups {
      name
    }
    failedTargetGroups {
      name
      failureReason {
        description
      }
    }
  }
}
`,
    variables: {
      projectId: `${accountId}/${projectId}`,
      input: { targetGroupIds: [`${accountId}/${projectId}/${live.targetGroupId}`] },
    },
    headers: { Authorization: `Bearer ${token}` },
  };
}

function closeOnSignal(running: Running, logger: Logger): void {
  const close = (signal: NodeJS.Signals) => {
    logger.info({ signal }, 'Closing: requests under way are finished.');
    running.close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'Closing failed.');
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', close);
  process.once('SIGINT', close);
}

/** What cannot be started because of its settings says which. */
async function usable<T>(variables: string, starting: Promise<T>): Promise<T> {
  try {
    return await starting;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw new ConfigError(`${variables} cannot be used: ${error.message}`, { cause: error });
  }
}
