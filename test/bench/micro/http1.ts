import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent as HttpAgent, get } from 'node:http';
import { Agent as UndiciAgent } from 'undici';
import { createHttp1Client } from '../../../src/lib/http1/http1-client.js';
import type { Contestant, MicroBenchmark } from './measure.js';

const BODY_BYTES = 400;
const CONCURRENCY = 50;

/** In a process of its own, so that its CPU time is not measured. */
const SERVER = `
  const body = 'x'.repeat(${BODY_BYTES});
  const server = require('node:http').createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': body.length });
    response.end(body);
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;

const headers = { accept: 'application/json', authorization: 'Bearer token' };
const cancellation = { cancelled: false, onCancel: () => undefined, offCancel: () => undefined };

export async function createHttp1Benchmark(): Promise<MicroBenchmark> {
  const server = spawn(process.execPath, ['-e', SERVER], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(server.stdout, 'data')) as [Buffer];
  const origin = `http://127.0.0.1:${line.toString().trim()}`;

  const undici = new UndiciAgent({ connections: CONCURRENCY, pipelining: 1 });
  const nodeAgent = new HttpAgent({ keepAlive: true, maxSockets: CONCURRENCY });
  const client = createHttp1Client({ baseUrl: origin, maxSockets: CONCURRENCY, maxBodyBytes: 1_000_000 });

  const readAll = (chunks: readonly Buffer[]) => Buffer.concat(chunks).toString('latin1').length;

  return {
    name: 'http1',
    work: `a GET of ${BODY_BYTES} bytes, ${CONCURRENCY} at a time`,
    contestants: [
      contestant(
        'undici (dispatch)',
        () =>
          new Promise((resolve, reject) => {
            const chunks: Buffer[] = [];
            undici.dispatch(
              { origin, path: '/', method: 'GET', headers },
              {
                onRequestStart: () => undefined,
                onResponseData: (_controller, chunk) => void chunks.push(chunk),
                onResponseEnd: () => resolve(readAll(chunks)),
                onResponseError: (_controller, error) => reject(error),
              },
            );
          }),
      ),
      contestant(
        'node:http',
        () =>
          new Promise((resolve, reject) => {
            get(origin, { agent: nodeAgent, headers }, (response) => {
              const chunks: Buffer[] = [];
              response.on('data', (chunk: Buffer) => chunks.push(chunk));
              response.on('end', () => resolve(readAll(chunks)));
            }).on('error', reject);
          }),
      ),
      contestant('src/lib/http1', async () => {
        const { body } = await client.send({
          method: 'GET',
          path: '/',
          sharedHeaders: headers,
          headers: {},
          cancellation,
        });
        return 'latin1' in body ? body.latin1.length : 0;
      }),
    ],
    async close() {
      client.close();
      nodeAgent.destroy();
      await undici.destroy();
      server.kill();
    },
  };
}

/** @param fetchLength sends one request, and returns the length of its body */
function contestant(name: string, fetchLength: () => Promise<number>): Contestant {
  return {
    name,
    async run(times) {
      let left = times;
      const loop = async () => {
        while (left > 0) {
          left -= 1;
          if ((await fetchLength()) !== BODY_BYTES) throw new Error(`${name} failed.`);
        }
      };
      await Promise.all(Array.from({ length: CONCURRENCY }, loop));
    },
  };
}
