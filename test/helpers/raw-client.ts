import { connect, type AddressInfo, type Socket } from 'node:net';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';

/**
 * Nothing comes for so many looks where nothing comes any more. The servers are in this process: what keeps it busy keeps
 * them from answering, and they take one connection in each turn of the event loop.
 */
const SILENT_LOOKS = 10;
/** How long a look takes at least, in milliseconds and in turns. */
const [LOOK_MS, LOOK_TURNS] = [25, 20];

/** A connection on which bytes are sent as they are. Close it. */
export interface RawClient {
  send(bytes: string): void;
  /** Sends pieces so that the server reads them one by one. */
  sendInPieces(pieces: readonly string[]): Promise<void>;
  /** Waits until all that came satisfies `isEnough`. @returns it, one character a byte */
  until(isEnough: (text: string) => boolean): Promise<string>;
  /** Waits until the server closes the connection, or says nothing any more. */
  untilQuiet(): Promise<string>;
  readonly isClosed: boolean;
  /** Reads nothing until {@link resume}. */
  pause(): void;
  resume(): void;
  /** The client's own. */
  readonly port: number;
  close(): void;
}

/** @param url of the server; its path says nothing */
export async function openRaw(url: string): Promise<RawClient> {
  const { hostname, port } = new URL(url);
  let text = '';
  let isClosed = false;
  let onChange = (): void => undefined;
  const socket: Socket = connect({ host: hostname, port: Number(port), noDelay: true });
  socket
    .on('data', (bytes) => {
      text += bytes.toString('latin1');
      onChange();
    })
    .on('error', () => undefined)
    .on('close', () => {
      isClosed = true;
      onChange();
    });
  await new Promise((resolve) => socket.once('connect', resolve));
  const change = () =>
    new Promise<void>((resolve) => {
      onChange = resolve;
    });
  return {
    send: (bytes) => void socket.write(bytes, 'latin1'),
    async sendInPieces(pieces) {
      for (const piece of pieces) {
        socket.write(piece, 'latin1');
        await delay(5);
      }
    },
    async until(isEnough) {
      while (!isEnough(text)) {
        if (isClosed) throw new Error(`The server closed the connection after: ${text}`);
        await change();
      }
      return text;
    },
    async untilQuiet() {
      for (let silent = 0, read = text.length; !isClosed && silent < SILENT_LOOKS; silent += 1) {
        await Promise.race([change(), look()]);
        if (text.length > read) silent = -1;
        read = text.length;
      }
      return text;
    },
    get isClosed() {
      return isClosed;
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    port: (socket.address() as AddressInfo).port,
    close: () => void socket.destroy(),
  };
}

async function look(): Promise<void> {
  await delay(LOOK_MS);
  for (let turn = 0; turn < LOOK_TURNS; turn += 1) await nextTurn();
}

/** Answers one by one, without what differs each time. No body here has the beginning of an answer in it. */
export function answersIn(text: string): readonly string[] {
  return text
    .split(/(?=HTTP\/1\.1 \d)/)
    .filter(Boolean)
    .map((answer) => {
      const [head = '', ...body] = answer.split('\r\n\r\n');
      const [status = '', ...fields] = head.split('\r\n');
      // Neither the order of fields nor the case of their names says anything (RFC 9110, 5.1 and 5.3).
      const sorted = fields
        .filter((field) => !field.startsWith('Date: '))
        .map((field) => field.replace(/^[^:]*/, (name) => name.toLowerCase()))
        .sort();
      return [
        status,
        ...sorted,
        '',
        body.join('\r\n\r\n').replace(/"traceId":"[\da-f]{32}"/g, '"traceId":"…"'),
      ].join('\n');
    });
}
