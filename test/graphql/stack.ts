import type { GraphQLFormattedError } from 'graphql';
import { demo, type EmulatorOptions } from '../../src/emulator/index.js';
import {
  startTestEmulator,
  type EmulatorControl,
  type LoggedRequest,
  type TestEmulator,
} from '../helpers/emulator.js';
import {
  startTestGateway,
  type Answer,
  type TestGateway,
  type TestGatewayOptions,
} from '../helpers/gateway.js';

export interface StackOptions extends Omit<TestGatewayOptions, 'demandApiUrl'> {
  readonly emulator?: EmulatorOptions;
}

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

/** Gives the tests of a file or a `describe` a stack; each test begins with the demo's data. */
export function useStack({ emulator: emulatorOptions, ...options }: StackOptions = {}): Stack {
  let emulator: TestEmulator;
  let gateway: TestGateway;
  const startGateway = async () => {
    gateway = await startTestGateway({ ...options, demandApiUrl: emulator.url });
  };

  beforeAll(async () => {
    emulator = await startTestEmulator(emulatorOptions);
    await startGateway();
  });
  beforeEach(async () => {
    // Seeding and starting take their time, so only after a test that has changed something. The gateway would remember:
    // keys, failures, and states by their versions, which begin anew.
    if (await isFresh(emulator.control)) {
      await emulator.control.forgetRequests();
      return;
    }
    await gateway.close();
    await emulator.control.reset();
    await startGateway();
  });
  afterAll(async () => {
    await gateway.close();
    await emulator.close();
  });

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

async function isFresh(control: EmulatorControl): Promise<boolean> {
  const [effects, faults] = await Promise.all([control.effects(), control.faults.list()]);
  return effects.length + faults.length === 0;
}

export function callOf({ method, path }: Pick<LoggedRequest, 'method' | 'path'>): string {
  return `${method} ${path.replace(/^\/v1/, '')}`;
}

/** The data of an operation in which nothing failed. */
export function dataOf<Data>({ data, errors }: Answer<Data>): Data {
  expect(errors).toEqual([]);
  expect(data).toBeDefined();
  return data!;
}

/** The error of an operation in which one thing failed. */
export function errorOf({ errors }: Answer<unknown>): GraphQLFormattedError {
  expect(errors).toHaveLength(1);
  return errors[0]!;
}

/** Expects that an operation was refused for one of its arguments. */
export function expectBadUserInput(answer: Answer<unknown>, argument: string): void {
  expect(errorOf(answer)).toMatchObject({
    message: expect.stringContaining(argument),
    extensions: { code: 'BAD_USER_INPUT', retryable: false, traceId: expect.any(String) },
  });
}

interface TargetGroupRef {
  readonly targetGroupId: string;
}

export interface FieldingRunRef extends TargetGroupRef {
  readonly fieldingRunId: string;
}

/** Ids of the demo's things, as the graph writes them. */
export const ids = {
  account: String(demo.accountId),
  project: `${demo.accountId}/${demo.projectId}`,
  largeProject: `${demo.accountId}/${demo.largeProjectId}`,
  targetGroup: ({ targetGroupId }: TargetGroupRef): string => `${ids.project}/${targetGroupId}`,
  run: (ref: FieldingRunRef): string => `${ids.targetGroup(ref)}/${ref.fieldingRunId}`,
  job: (segment: string, jobId: string): string => `${ids.project}/${segment}/${jobId}`,
  draftJob: (kind: string, jobId: string): string =>
    `${ids.targetGroup(demo.draft)}/${kind}-from-draft/${jobId}`,
  other: idsOf(demo.other),
};

function idsOf({ accountId, projectId, live }: typeof demo.other) {
  const account = String(accountId);
  const project = `${account}/${projectId}`;
  const targetGroup = `${project}/${live.targetGroupId}`;
  return { account, project, targetGroup, run: `${targetGroup}/${live.fieldingRunId}` };
}

/** A raw id that nothing has. */
export const NOBODY = '01BTGNYV6HRNK8K8VKZASZCFZZ';

const DAY_MS = 86_400_000;

export function inDays(days: number): string {
  return new Date(Date.now() + days * DAY_MS).toISOString();
}
