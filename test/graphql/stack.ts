import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import { demo } from '../../src/emulator/index.js';
import { startTestEmulator, type LoggedRequest, type TestEmulator } from '../helpers/emulator.js';
import { startTestGateway, type TestGateway, type TestGatewayOptions } from '../helpers/gateway.js';

/** The whole stack of one test: a gateway over HTTP in front of an emulator with fresh demo data. */
export interface Stack {
  readonly emulator: TestEmulator;
  readonly gateway: TestGateway;
  readonly execute: TestGateway['execute'];
  /** What the gateway has sent upstream, in order, e.g. `GET /accounts`: paths below the base, with their queries. */
  calls(): Promise<string[]>;
  /** The same with headers. */
  requests(): Promise<LoggedRequest[]>;
  /** From here on, {@link calls} and {@link requests} begin anew. */
  forgetCalls(): Promise<void>;
}

/**
 * Gives every test of a file a stack. The emulator is one for the file, and begins each test with the demo's data; the
 * gateway is each test's own.
 */
export function useStack(options: Omit<TestGatewayOptions, 'demandApiUrl'> = {}): Stack {
  let emulator: TestEmulator;
  let gateway: TestGateway;

  beforeAll(async () => {
    emulator = await startTestEmulator();
  });
  beforeEach(async () => {
    await emulator.control.reset();
    gateway = await startTestGateway({ ...options, demandApiUrl: emulator.url });
  });
  afterEach(() => gateway.close());
  afterAll(() => emulator.close());

  return {
    get emulator() {
      return emulator;
    },
    get gateway() {
      return gateway;
    },
    execute: (...operation) => gateway.execute(...operation),
    requests: () => emulator.control.requests(),
    async calls() {
      return (await emulator.control.requests()).map(callOf);
    },
    async forgetCalls() {
      await emulator.control.forgetRequests();
    },
  };
}

export function callOf({ method, path }: Pick<LoggedRequest, 'method' | 'path'>): string {
  return `${method} ${path.replace(/^\/v1/, '')}`;
}

interface TargetGroupRef {
  readonly targetGroupId: string;
}

interface FieldingRunRef extends TargetGroupRef {
  readonly fieldingRunId: string;
}

/** Ids of the demo's things, as the graph writes them. */
export const ids = {
  account: String(demo.accountId),
  project: `${demo.accountId}/${demo.projectId}`,
  largeProject: `${demo.accountId}/${demo.largeProjectId}`,
  targetGroup: ({ targetGroupId }: TargetGroupRef): string => `${ids.project}/${targetGroupId}`,
  run: (place: FieldingRunRef): string => `${ids.targetGroup(place)}/${place.fieldingRunId}`,
  job: (segment: string, jobId: string): string => `${ids.project}/${segment}/${jobId}`,
  other: {
    account: String(demo.other.accountId),
    project: `${demo.other.accountId}/${demo.other.projectId}`,
    targetGroup: `${demo.other.accountId}/${demo.other.projectId}/${demo.other.live.targetGroupId}`,
    run: `${demo.other.accountId}/${demo.other.projectId}/${demo.other.live.targetGroupId}/${demo.other.live.fieldingRunId}`,
  },
};

/** An id that nothing has. */
export const NOBODY = '01BTGNYV6HRNK8K8VKZASZCFZZ';

const DAY_MS = 86_400_000;

export function inDays(days: number): string {
  return new Date(Date.now() + days * DAY_MS).toISOString();
}
