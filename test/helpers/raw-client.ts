import { connect, type Socket } from 'node:net';

/** A connection on which bytes are sent as they are. Close it. */
export interface RawClient {
  send(bytes: string): void;
  /** Waits until all that the server has sent satisfies `isEnough`. @returns it, one character for each byte */
  until(isEnough: (text: string) => boolean): Promise<string>;
  /** Waits until the server closes the connection. @returns all that it sent */
  untilClosed(): Promise<string>;
  readonly isClosed: boolean;
  /** Reads nothing until {@link resume}. */
  pause(): void;
  resume(): void;
  close(): void;
}

/** @param url of the server, whose path is ignored */
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
    async until(isEnough) {
      while (!isEnough(text)) {
        if (isClosed) throw new Error(`The server closed the connection after: ${text}`);
        await change();
      }
      return text;
    },
    async untilClosed() {
      while (!isClosed) await change();
      return text;
    },
    get isClosed() {
      return isClosed;
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    close: () => void socket.destroy(),
  };
}
