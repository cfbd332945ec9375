import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ClientGoneError, overloaded, RequestError } from '../../operations/request/request-error.js';
import { largestOf } from '../largest.js';
import { BodyBytes } from './body-bytes.js';

export interface BodyReaderOptions {
  /** The longest body, in bytes. */
  readonly maxBytes: number;
  /** The most memory for incomplete bodies, over all requests, in bytes. */
  readonly maxUnfinishedBytes: number;
}

/** Reading a piece costs some microseconds, however small it is. A body of 1 MiB in TCP segments has about 700. */
const MAX_PIECES = 4096;

interface UnfinishedBody {
  /** The memory that it takes, in bytes. */
  counted: number;
  readonly fail: (error: RequestError) => void;
}

/** Reads the bodies of requests, with a limit on each and on all incomplete ones together. */
export class BodyReader {
  readonly #options: BodyReaderOptions;
  /** The oldest comes first. */
  readonly #unfinished = new Set<UnfinishedBody>();
  #unfinishedBytes = 0;

  constructor(options: BodyReaderOptions) {
    this.#options = options;
  }

  /**
   * Reads a body as UTF-8. If the client expects it, sends `100 Continue` on `response` first (RFC 9110, 10.1.1).
   *
   * @throws {RequestError} 413 if it is too large; 400 if it arrives in more than 4,096 pieces; 503 if it is the largest when incomplete ones take too much memory; 400 if it is not UTF-8
   * @throws {ClientGoneError} if the client disconnects first
   */
  read(request: IncomingMessage, response: ServerResponse): Promise<string> {
    return this.readBytes(request, response).then(textOf);
  }

  /**
   * Reads a body like {@link read}, as the bytes that were sent.
   *
   * @throws {RequestError} as {@link read} does, except that it need not be UTF-8
   */
  readBytes(request: IncomingMessage, response: ServerResponse): Promise<Buffer> {
    const { maxBytes, maxUnfinishedBytes } = this.#options;
    if (Number(request.headers['content-length']) > maxBytes) return Promise.reject(tooLarge(maxBytes));
    if (request.headers.expect !== undefined && request.httpVersion === '1.1') response.writeContinue();
    return new Promise((resolve, reject) => {
      const received = new BodyBytes(maxBytes);
      let pieces = 0;
      const onData = (chunk: Buffer) => {
        pieces += 1;
        if (pieces > MAX_PIECES) {
          body.fail(tooManyPieces());
          return;
        }
        if (received.length + chunk.length > maxBytes) {
          body.fail(tooLarge(maxBytes));
          return;
        }
        received.add(chunk);
        if (!request.complete) {
          // Most bodies arrive in one piece. Adding each to the set and removing it again doubled the time in garbage collection.
          this.#unfinished.add(body);
          this.#unfinishedBytes += received.capacity - body.counted;
          body.counted = received.capacity;
          while (this.#unfinishedBytes > maxUnfinishedBytes) this.#failLargest();
        }
      };
      const end = () => {
        request.off('data', onData).off('end', onEnd).off('close', onClose);
        if (body.counted === 0) return;
        this.#unfinished.delete(body);
        this.#unfinishedBytes -= body.counted;
        body.counted = 0;
      };
      const onEnd = () => {
        end();
        resolve(received.bytes());
      };
      const onClose = () => {
        body.fail(new ClientGoneError());
      };
      const body: UnfinishedBody = {
        counted: 0,
        fail: (error) => {
          end();
          // The rest is dropped, so that the connection can be used again.
          request.resume();
          reject(error);
        },
      };
      request.on('data', onData).on('end', onEnd).on('close', onClose);
    });
  }

  /** Of equally large ones the oldest: clients that send much, slowly, do not keep out those that send little. */
  #failLargest(): void {
    largestOf(this.#unfinished, ({ counted }) => counted)?.fail(
      overloaded('The gateway is receiving too many large requests; nothing was done.', {
        connection: 'close',
      }),
    );
  }
}

function textOf(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString();
  throw new RequestError(400, 'The body of the request is not UTF-8.');
}

function tooManyPieces(): RequestError {
  return new RequestError(
    400,
    `The body of the request arrives in too many pieces. At most ${MAX_PIECES} are allowed.`,
    { headers: { connection: 'close' } },
  );
}

const KIB = 1024;
const MIB = 1024 * KIB;

function tooLarge(maxBytes: number): RequestError {
  const most = maxBytes < MIB ? `${maxBytes / KIB} KiB` : `${maxBytes / MIB} MiB`;
  return new RequestError(413, `The body of the request is too large. At most ${most} is allowed.`);
}
