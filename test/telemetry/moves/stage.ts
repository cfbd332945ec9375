import type { Client } from 'graphql-ws';
import type { TestGateway, TestGatewayOptions } from '../../helpers/gateway.js';
import type { ScriptedUpstream } from '../../helpers/scripted-upstream.js';
import { Told, webSocketClient } from '../../live/stage.js';
import { run } from '../../upstream/faults/demand.js';

/** What a scenario drives. */
export interface Stage {
  readonly upstream: ScriptedUpstream;
  readonly gateway: TestGateway;
  /** What goes on behind the steps. It must have ended before the stage is closed. */
  readonly background: Promise<unknown>[];
  /** Closed with the stage. */
  readonly clients: Client[];
}

/** How much series have moved since the scenario began, without `fieldgate_`. */
export type Moves = Readonly<Record<string, number>>;

export interface Step {
  readonly act: (stage: Stage) => unknown;
  readonly moves: Moves;
}

export interface Scenario {
  readonly what: string;
  readonly options?: Partial<TestGatewayOptions>;
  readonly steps: readonly Step[];
}

export const RUN_OPERATION = `GET ${run.template}`;

export const runSubscription = {
  query: 'subscription Run($id: ID!) { fieldingRunUpdated(id: $id) { status version } }',
  variables: { id: run.id },
};

/** Subscribes over a WebSocket of its own. */
export function subscribe(
  { gateway, clients }: Stage,
  payload: Parameters<Client['subscribe']>[0] = runSubscription,
): { readonly told: Told; readonly unsubscribe: () => void } {
  const client = webSocketClient(gateway);
  clients.push(client);
  const told = new Told();
  return { told, unsubscribe: client.subscribe(payload, told.sink) };
}
