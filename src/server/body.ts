import type { IncomingMessage } from 'node:http';

/**
 * Reads the body of a request, in one piece as a rule.
 *
 * @param maxBytes where reading ends; what is over it is not kept
 * @param done given the whole body, or a beginning of it that is longer than `maxBytes`. Not called where the caller goes
 *   away in the middle
 */
export function readBody(request: IncomingMessage, maxBytes: number, done: (body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  let length = 0;
  const take = (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length <= maxBytes) return;
    request.off('data', take).off('end', end);
    // What still comes is dropped: the connection can only be used again when the request is over.
    request.resume();
    end();
  };
  const end = () => {
    const [first] = chunks;
    done(chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks));
  };
  request.on('data', take).on('end', end);
}
