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

/** The whole stack of a test: a gateway over HTTP in front of an emulator with fresh demo data. */
export interface Stack {
  readonly emulator: TestEmulator;
  readonly gateway: TestGateway;
  readonly execute: TestGateway['execute'];
  /** The upstream calls so far, in order, e.g. `GET /accounts`: paths below the base URL, with queries. */
  calls(): Promise<string[]>;
  /** The same calls with headers. */
  requests(): Promise<LoggedRequest[]>;
  /** Resets {@link calls} and {@link requests}. */
  forgetCalls(): Promise<void>;
}

/** Gives the tests of a file or a `describe` a stack; each test starts with the demo data. */
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
    // Seeding and starting are slow, so a new stack is made only after a test that has changed data. Otherwise the
    // gateway would remember keys, failures and versions that start over.
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

/** The data of an operation that must not have errors. */
export function dataOf<Data>({ data, errors }: Answer<Data>): Data {
  expect(errors).toEqual([]);
  expect(data).toBeDefined();
  return data!;
}

/** The error of an operation that must have exactly one. */
export function errorOf({ errors }: Answer<unknown>): GraphQLFormattedError {
  expect(errors).toHaveLength(1);
  return errors[0]!;
}

/** Expects that an operation was rejected because of one of its arguments. */
export function expectBadUserInput(result: Answer<unknown>, argument: string): void {
  expect(errorOf(result)).toMatchObject({
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

/** The graph's ids of the demo data. */
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

/** A raw id that does not exist. */
export const UNKNOWN_ID = '01BTGNYV6HRNK8K8VKZASZCFZZ';

const DAY_MS = 86_400_000;

export function inDays(days: number): string {
  return new Date(Date.now() + days * DAY_MS).toISOString();
}
