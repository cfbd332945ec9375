import { randomUUID } from 'node:crypto';
import {
  demo,
  startEmulator,
  type Emulator,
  type EmulatorOptions,
  type FaultRule,
  type WebhookFault,
} from '../../src/emulator/index.js';
import type { SimulatorState } from '../../src/emulator/simulator/simulator.js';
import type { DeliveryRow } from '../../src/emulator/store/deliveries.js';
import type { EffectRow } from '../../src/emulator/store/effects.js';
import { until } from './until.js';
import type { LoggedRequest as LogEntry } from '../../src/emulator/control/request-log.js';

export type Effect = Omit<EffectRow, 'at'> & { readonly at: string };
export type LoggedRequest = Omit<LogEntry, 'at'> & { readonly at: string };
export type Delivery = Omit<DeliveryRow, 'created_at' | 'next_attempt_at'> & {
  readonly created_at: string;
  readonly next_attempt_at: string | null;
};
export type { FaultRule, WebhookFault };

/** Drives an emulator's control surface. Every method throws if the response is not successful. */
export class EmulatorControl {
  constructor(private readonly controlUrl: string) {}

  readonly clock = {
    now: async (): Promise<Date> => new Date((await this.#send<{ now: string }>('GET', '/clock')).now),
    advance: (milliseconds: number): Promise<unknown> =>
      this.#send('POST', '/clock', { advance_ms: milliseconds }),
    set: (now: Date): Promise<unknown> => this.#send('POST', '/clock', { now: now.toISOString() }),
  };

  readonly faults = {
    add: (rule: FaultRule): Promise<unknown> => this.#send('POST', '/faults', rule),
    list: async (): Promise<(FaultRule & { applied: number })[]> =>
      (await this.#send<{ faults: (FaultRule & { applied: number })[] }>('GET', '/faults')).faults,
    clear: (): Promise<unknown> => this.#send('DELETE', '/faults'),
  };

  /** Faults of deliveries to webhooks. */
  readonly webhookFaults = {
    add: (fault: WebhookFault): Promise<unknown> => this.#send('POST', '/webhook-faults', fault),
    list: async (): Promise<(WebhookFault & { applied: number })[]> =>
      (await this.#send<{ faults: (WebhookFault & { applied: number })[] }>('GET', '/webhook-faults')).faults,
    clear: (): Promise<unknown> => this.#send('DELETE', '/webhook-faults'),
  };

  readonly simulator = {
    state: (): Promise<SimulatorState> => this.#send('GET', '/simulator'),
    /** Lets respondents answer so many times, now. */
    tick: (ticks = 1): Promise<SimulatorState> => this.#send('POST', '/simulator', { ticks }),
    setRunning: (running: boolean): Promise<SimulatorState> => this.#send('POST', '/simulator', { running }),
  };

  readonly identity = {
    /** Sets the lifetime of access tokens that are issued from now on. */
    setAccessTokenSeconds: (seconds: number): Promise<unknown> =>
      this.#send('POST', '/identity/access-tokens', { seconds }),
    /** Makes the API reject all access tokens that were issued so far. */
    expireAccessTokens: (): Promise<unknown> => this.#send('DELETE', '/identity/access-tokens'),
    /** Signs with a new key; `withdraw` makes the tokens of earlier keys invalid. */
    rotateKey: (options: { algorithm?: string; withdraw?: boolean } = {}): Promise<unknown> =>
      this.#send('POST', '/identity/keys', options),
    issueUserToken: async (request: {
      subject: string;
      expires_in?: number;
      claims?: Readonly<Record<string, unknown>>;
      type?: string;
    }): Promise<string> =>
      (await this.#send<{ token: string }>('POST', '/identity/user-tokens', request)).token,
  };

  /** The requests since the start, the last `reset` or the last `forgetRequests`. */
  async requests(): Promise<LoggedRequest[]> {
    return (await this.#send<{ requests: LoggedRequest[] }>('GET', '/requests')).requests;
  }

  forgetRequests(): Promise<unknown> {
    return this.#send('DELETE', '/requests');
  }

  async effects(): Promise<Effect[]> {
    return (await this.#send<{ effects: Effect[] }>('GET', '/effects')).effects;
  }

  /** The deliveries to webhooks, in the order of their events. */
  async deliveries(): Promise<Delivery[]> {
    return (await this.#send<{ deliveries: Delivery[] }>('GET', '/deliveries')).deliveries;
  }

  /** Simulates completed interviews. */
  setCompletes(targetGroupId: string, currentCompletes: number): Promise<unknown> {
    return this.#send('POST', '/completes', {
      target_group_id: targetGroupId,
      current_completes: currentCompletes,
    });
  }

  /** Restores the demo data and the real time, and clears faults and logs. */
  reset(): Promise<unknown> {
    return this.#send('POST', '/reset', {});
  }

  async #send<Body>(method: string, path: string, body?: unknown): Promise<Body> {
    const response = await fetch(this.controlUrl + path, {
      method,
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as Body;
  }
}

export interface TestEmulator extends Emulator {
  readonly control: EmulatorControl;
}

/** Starts an emulator in this process on a free port, with its control surface and fast jobs. Close it. */
export async function startTestEmulator(options: EmulatorOptions = {}): Promise<TestEmulator> {
  const emulator = await startEmulator({ control: true, jobStepMs: 1, ...options });
  return { ...emulator, control: new EmulatorControl(emulator.controlUrl) };
}

export interface CallOptions {
  /** Default: the demo's; null sends none. */
  readonly token?: string | null;
  /** Null omits a default header. */
  readonly headers?: Readonly<Record<string, string | null>>;
  /** Sent as JSON; a string as it is. */
  readonly body?: unknown;
}

/**
 * Makes one REST call with the version header, and with a new key if it creates a job. `path` is relative to the
 * base; redirects are not followed.
 */
export function callApi(
  { url }: Pick<Emulator, 'url'>,
  method: string,
  path: string,
  { token = demo.token, headers, body }: CallOptions = {},
): Promise<Response> {
  const wanted = {
    'cint-api-version': '2025-12-18',
    authorization: token === null ? null : `Bearer ${token}`,
    'content-type': body === undefined ? null : 'application/json',
    'idempotency-key': /-jobs\/[a-z-]+$/.test(path) ? randomUUID() : null,
    ...headers,
  };
  return fetch(url + path, {
    method,
    redirect: 'manual',
    headers: Object.entries(wanted).filter((header): header is [string, string] => header[1] !== null),
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
}

/** Returns the JSON body of a call that must succeed. */
export async function readApi<Body>(
  emulator: Pick<Emulator, 'url'>,
  path: string,
  options: CallOptions = {},
): Promise<Body> {
  const response = await callApi(emulator, 'GET', path, options);
  if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Body;
}

/** The path that serves a job, given its `Location`; a batch job's `Location` has a short kind that no path serves. */
export function jobPath(location: string): string {
  return location.replace(/(?<=\/batch-jobs\/)[a-z]+(?=\/)/, '$&-fielding-runs-by-target-group-id');
}

/** Waits until the job of a `Location` has finished. */
export async function finishedJob<Job extends { status: string }>(
  emulator: Pick<Emulator, 'url'>,
  location: string,
): Promise<Job> {
  let job = await readApi<Job>(emulator, jobPath(location));
  await until(async () => {
    job = await readApi<Job>(emulator, jobPath(location));
    return job.status !== 'Processing';
  });
  return job;
}

export { until };

/** Paths of the demo's resources, relative to the base. */
export const demoPaths = {
  project: `/demand/accounts/${demo.accountId}/projects/${demo.projectId}`,
  targetGroup: ({ targetGroupId }: { readonly targetGroupId: string }): string =>
    `${demoPaths.project}/target-groups/${targetGroupId}`,
  run: (ref: { readonly targetGroupId: string; readonly fieldingRunId: string }): string =>
    `${demoPaths.targetGroup(ref)}/fielding-runs/${ref.fieldingRunId}`,
  batchJobs: (kind: string): string =>
    `/demand/accounts/${demo.accountId}/projects/${demo.projectId}/batch-jobs/${kind}-fielding-runs-by-target-group-id`,
  draftJobs: (kind: string, targetGroup: { readonly targetGroupId: string } = demo.draft): string =>
    `${demoPaths.targetGroup(targetGroup)}/fielding-run-jobs/${kind}-from-draft`,
  users: `/accounts/${demo.accountId}/users`,
};
