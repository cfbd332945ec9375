import { connect, type Socket } from 'node:net';
import type { FuzzRequest } from './requests.js';

export interface FuzzResponse {
  readonly status: number;
  readonly head: string;
  /** As far as it was read: of a stream, up to its first result. */
  readonly body: string;
}

const TIMEOUT_MS = 10_000;

/**
 * Sends requests one after another, on one connection as long as the server keeps it. Headers and targets are sent as they are,
 * which no HTTP client does.
 */
export class FuzzClient {
  readonly #port: number;
  #socket: Socket | undefined;

  constructor(port: number) {
    this.#port = port;
  }

  async send({ method, target, headers, body }: FuzzRequest, traceparent: string): Promise<FuzzResponse> {
    const hasBody = method !== 'GET' && method !== 'HEAD';
    const all = {
      host: 'gateway.example',
      traceparent,
      ...headers,
      ...(hasBody && { 'content-length': String(body.length) }),
    };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    const response = await this.#exchange(
      `${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n${hasBody ? body : ''}`,
      method,
    );
    if (/^connection: close\r?$/im.test(response.head) || isStream(response.head)) this.close();
    return response;
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  async #exchange(text: string, method: string): Promise<FuzzResponse> {
    const socket = (this.#socket ??= connect({ host: '127.0.0.1', port: this.#port, noDelay: true }).on(
      'error',
      () => undefined,
    ));
    if (socket.destroyed) {
      this.close();
      return await this.#exchange(text, method);
    }
    return await new Promise<FuzzResponse>((resolve, reject) => {
      let received = '';
      const end = (act: () => void) => {
        clearTimeout(timer);
        socket.off('data', onData).off('close', onClose);
        act();
      };
      const timer = setTimeout(() => {
        end(() =>
          reject(new Error(`No whole response to ${JSON.stringify(text)}, but ${JSON.stringify(received)}`)),
        );
      }, TIMEOUT_MS);
      const onData = (bytes: Buffer) => {
        received += bytes.toString('latin1');
        const response = responseIn(received, method);
        if (response !== undefined) end(() => resolve(response));
      };
      const onClose = () => {
        this.close();
        const response = responseIn(received, method);
        if (response !== undefined) end(() => resolve(response));
        else
          end(() =>
            reject(new Error(`Closed after ${JSON.stringify(text)}, with ${JSON.stringify(received)}`)),
          );
      };
      socket.on('data', onData).on('close', onClose);
      socket.write(text, 'latin1');
    });
  }
}

function isStream(head: string): boolean {
  return /^content-type: (?:text\/event-stream|multipart\/mixed)/im.test(head);
}

/** @returns undefined while there is no whole response, or no first result of a stream */
function responseIn(received: string, method: string): FuzzResponse | undefined {
  const text = received.replace(/^HTTP\/1\.1 100 [^]*?\r\n\r\n/, '');
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const head = text.slice(0, end);
  const body = text.slice(end + 4);
  const status = Number(head.split(' ')[1]);
  if (isStream(head)) {
    return /^(?:data: \{|\{"(?:payload|errors)")/m.test(body) ? { status, head, body } : undefined;
  }
  const [, length] = /^content-length: (\d+)\r?$/im.exec(head) ?? [];
  const isEmpty = method === 'HEAD' || status === 204 || status === 304 || status === 101;
  if (isEmpty) return { status, head, body: '' };
  return length !== undefined && body.length >= Number(length) ? { status, head, body } : undefined;
}
