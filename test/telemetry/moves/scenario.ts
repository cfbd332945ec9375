import type { Client } from 'graphql-ws';
import type { TestGateway, TestGatewayOptions } from '../../helpers/gateway.js';
import type { ScriptedUpstream } from '../../helpers/scripted-upstream.js';
import { ReceivedResults, webSocketClient } from '../../live/live-fixture.js';
import { run } from '../../upstream/faults/demand.js';

/** What a scenario drives. */
export interface ScenarioFixture {
  readonly upstream: ScriptedUpstream;
  readonly gateway: TestGateway;
  /** What goes on behind the steps. It must have ended before the fixture is closed. */
  readonly background: Promise<unknown>[];
  /** Closed with the fixture. */
  readonly clients: Client[];
}

/** How much series have moved since the scenario began, without `fieldgate_`. */
export type Moves = Readonly<Record<string, number>>;

export interface Step {
  readonly act: (fixture: ScenarioFixture) => unknown;
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
  { gateway, clients }: ScenarioFixture,
  payload: Parameters<Client['subscribe']>[0] = runSubscription,
): { readonly received: ReceivedResults; readonly unsubscribe: () => void } {
  const client = webSocketClient(gateway);
  clients.push(client);
  const received = new ReceivedResults();
  return { received, unsubscribe: client.subscribe(payload, received.sink) };
}
