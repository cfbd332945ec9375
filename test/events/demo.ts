/** The demo's project, as subscriptions name it, and changes of its live run past the gateway. */
import { demo } from '../../src/emulator/index.js';
import { fieldingRunTopic } from '../../src/events/topics/fielding-run.js';
import { versionOf, type FieldingRunRead } from '../../src/upstream/client/fielding-run-calls.js';
import { callApi, demoPaths, type TestEmulator } from '../helpers/emulator.js';
import type { TestSubscription } from './live-updates-fixture.js';

export const project = { accountId: String(demo.accountId), projectId: demo.projectId };
export const liveRun = { ...project, ...demo.live };
export const liveRunTopic = fieldingRunTopic(liveRun);
/** The version of the live run before anything has been done to it. */
export const FIRST_VERSION = 5;

/** Applies an action to the live run. @returns the new version */
export async function act(
  emulator: TestEmulator,
  action: 'pause' | 'resume',
  version: number = FIRST_VERSION,
): Promise<number> {
  const response = await callApi(emulator, 'POST', `${demoPaths.run(demo.live)}/${action}`, {
    headers: { 'if-match': `W/"${version}"` },
  });
  expect(response.status).toBe(204);
  return version + 1;
}

/** The versions of a run that a subscription has received. */
export function versions({ states }: TestSubscription<FieldingRunRead>): number[] {
  return states.map((state) => Number(versionOf(state)));
}
