import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type * as rest from '../../../src/contract/demand-api.js';
import { fieldingRun, wholeList } from './bodies.js';

/** A REST server with one fielding run and one list of target groups, which change when it is told to. */
export interface ChangingUpstream {
  /** The REST base. */
  readonly url: string;
  /** How many requests it has answered. */
  requests(): number;
  /** When the current state was first returned, on the clock of `performance.now()`; undefined if it was not yet. */
  firstReadAt(): number | undefined;
  /** Makes another version of the run. */
  changeRun(): void;
  /** Changes all target groups. */
  changeTargetGroups(): void;
  close(): Promise<void>;
}

/** @param targetGroups at most a page: 100 */
export async function startChangingUpstream(targetGroups: number): Promise<ChangingUpstream> {
  let version = fieldingRun.version;
  let generation = 0;
  let requests = 0;
  let firstReadAt: number | undefined;
  const list = wholeList(targetGroups);
  const server = createServer((request, response) => {
    requests += 1;
    firstReadAt ??= performance.now();
    const isRun = /\/fielding-runs\/\w+$/.test(request.url ?? '');
    response.setHeader('content-type', 'application/json');
    if (isRun) response.setHeader('etag', `W/"${version}"`);
    response.end(JSON.stringify(isRun ? { ...fieldingRun, version } : changed(list, generation)));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests: () => requests,
    firstReadAt: () => firstReadAt,
    changeRun() {
      version += 1;
      firstReadAt = undefined;
    },
    changeTargetGroups() {
      generation += 1;
      firstReadAt = undefined;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function changed(list: rest.TargetGroupList, generation: number): rest.TargetGroupList {
  const target_groups = list.target_groups.map((item) => ({ ...item, name: `Generation ${generation}` }));
  return { ...list, target_groups };
}
