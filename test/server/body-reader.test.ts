import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { BodyBytes } from '../../src/server/http/body-bytes.js';
import { BodyReader } from '../../src/server/http/body-reader.js';
import { openRaw } from '../helpers/raw-client.js';
import { until } from '../helpers/until.js';

const MIB = 1024 * 1024;
const CHUNKS = 4000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** In MiB, without garbage. */
function usedMemory(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / MIB;
}

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

test('A body in chunks of one byte takes no more memory than its length allows', async () => {
  const reader = new BodyReader({ maxBytes: MIB, maxUnfinishedBytes: 32 * MIB });
  let pieces = 0;
  let body: Promise<Buffer> | undefined;
  server = createServer((request, response) => {
    body = reader.readBytes(request, response);
    request.on('data', () => (pieces += 1));
    void body.then(() => response.end());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = await openRaw(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  client.send('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
  const before = usedMemory();
  client.send('1\r\nx\r\n'.repeat(CHUNKS));
  await until(() => pieces === CHUNKS);
  expect(usedMemory() - before).toBeLessThan(1);
  client.send('0\r\n\r\n');
  expect(await body).toEqual(Buffer.alloc(CHUNKS, 'x'));
  client.close();
});

describe('The bytes of a body', () => {
  test('are those of its only piece, without a copy', () => {
    const bytes = new BodyBytes(MIB);
    const piece = Buffer.from('abc');
    bytes.add(piece);
    expect({ capacity: bytes.capacity, buffer: bytes.bytes().buffer === piece.buffer }).toEqual({
      capacity: 3,
      buffer: true,
    });
  });

  test('are those of its pieces in order, in memory that its length and the limit allow', () => {
    const piece = fc.uint8Array({ maxLength: 3000 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 20 }),
        fc.integer({ min: 0, max: 20_000 }),
        (pieces, spare) => {
          const whole = Buffer.concat(pieces);
          const limit = whole.length + spare;
          const given = pieces.map((each) => Buffer.from(each));
          const bytes = new BodyBytes(limit);
          for (const each of given) bytes.add(each);
          expect(bytes.bytes().equals(whole)).toBe(true);
          expect(given).toEqual(pieces);
          expect(bytes.capacity).toBeLessThanOrEqual(Math.min(limit, Math.max(4096, 2 * whole.length)));
        },
      ),
    );
  });
});
