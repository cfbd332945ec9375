import { readFileSync } from 'node:fs';
import { Processes, respondsOk } from '../../drills/processes.js';
import { freePort } from '../../helpers/ports.js';
import { executor } from '../../helpers/executor.js';
import { startScriptedUpstream, type ScriptedUpstream } from '../../helpers/scripted-upstream.js';
import { paths, rest } from '../../upstream/demand.js';

/** The built program in production, in front of an API that answers what random operations ask for. Close it. */
export interface Target {
  readonly port: number;
  readonly upstream: ScriptedUpstream;
  hasExited(): boolean;
  isReady(): Promise<boolean>;
  /** In MiB; undefined where the system does not tell. */
  memory(): number | undefined;
  close(): Promise<void>;
}

export async function startTarget(): Promise<Target> {
  const processes = new Processes();
  const upstream = await startScriptedUpstream();
  upstream.on('GET', '/accounts', { body: { accounts: [{ id: 101, name: 'One' }] } });
  upstream.on('GET', paths.targetGroups, { body: { target_groups: [rest.targetGroup], has_more: false } });
  upstream.on('GET', paths.fieldingRuns, { body: { data: [rest.fieldingRun], has_more: false } });
  upstream.on('GET', paths.fieldingRun, { body: rest.fieldingRun, headers: { etag: 'W/"5"' } });
  const port = await freePort();
  const isReady = () => respondsOk(`http://127.0.0.1:${port}/readyz`);
  const gateway = await processes.start(
    [process.execPath, 'dist/main.js'],
    {
      ...executor,
      NODE_ENV: 'production',
      PORT: String(port),
      DEMAND_API_URL: upstream.url,
      LOG_LEVEL: 'silent',
      // The machine also runs the clients and other tests.
      OVERLOAD_WAIT_MS: '0',
    },
    isReady,
  );
  return {
    port,
    upstream,
    hasExited: () => gateway.exitCode !== null,
    isReady,
    memory: () => memoryOf(gateway.pid),
    async close() {
      await processes.killAll();
      await upstream.close();
    },
  };
}

function memoryOf(pid: number | undefined): number | undefined {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    return undefined;
  }
}
