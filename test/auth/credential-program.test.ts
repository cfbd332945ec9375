import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { expect, it, jest } from '@jest/globals';
import { freePort } from '../helpers/ports.js';
import { startTestIssuer } from '../helpers/issuer.js';
import { hasRedis, TestRedis } from '../helpers/redis.js';
import { startScriptedUpstream } from '../helpers/scripted-upstream.js';
import { startTokenEndpoint } from '../helpers/token-endpoint.js';
import { until } from '../helpers/until.js';
import { CREATE_JOB, created, creation } from '../upstream/faults/demand.js';

jest.setTimeout(60_000);

const REQUESTS = 12;

it.each(hasRedis ? [1, 2] : [1])(
  'with WORKERS=%i, workers have a token each, send equal keys, and log no secret',
  async (workers) => {
    const issuer = await startTestIssuer();
    const tokens = await startTokenEndpoint();
    const api = await startScriptedUpstream();
    api.on('POST', creation.replace('POST ', ''), created);
    const port = await freePort();
    const redis = workers > 1 ? await TestRedis.start() : undefined;
    const settings = {
      PORT: String(port),
      WORKERS: String(workers),
      ...(redis !== undefined && { REDIS_URL: redis.url }),
      LOG_LEVEL: 'trace',
      DEMAND_API_URL: api.url,
    };
    const program = spawn(process.execPath, ['dist/main.js'], {
      env: { PATH: process.env['PATH'], ...settings, ...issuer.env, ...tokens.credentialEnv },
    });
    const exited = once(program, 'exit');
    let output = '';
    for (const stream of [program.stdout, program.stderr])
      stream.on('data', (text) => (output += String(text)));
    try {
      await until(() => output.includes('Fieldgate is ready.'));
      const token = await issuer.token({
        claims: { accounts: ['101'], scope: 'fielding:read fielding:operate' },
      });
      for (let nth = 0; nth < REQUESTS; nth += 1) {
        const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
          method: 'POST',
          // Connections are what is balanced over workers.
          headers: {
            'content-type': 'application/json',
            authorization: `Bearer ${token}`,
            connection: 'close',
          },
          body: JSON.stringify({ query: CREATE_JOB, variables: { key: 'same' } }),
        });
        expect(await response.json()).toMatchObject({
          data: { pauseTargetGroups: { idempotencyKey: 'same', userErrors: [] } },
        });
      }
      expect(api.requests).toHaveLength(REQUESTS);
      const sent = (header: string) => new Set(api.requests.map(({ headers }) => headers[header]));
      expect(sent('idempotency-key').size).toBe(1);
      expect(sent('authorization').size).toBe(workers);
      expect(tokens.requests()).toHaveLength(workers);
      for (const secret of ['planted', token]) expect(output).not.toContain(secret);
    } finally {
      program.kill('SIGTERM');
      await exited;
      await Promise.all([issuer.close(), tokens.close(), api.close(), redis?.close()]);
    }
  },
);
