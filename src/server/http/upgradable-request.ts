import { IncomingMessage } from 'node:http';

/**
 * A request whose connection is taken over only for a WebSocket. Node.js would hand over every connection with an `Upgrade` header,
 * once anybody listens for upgrades; clients in Java ask each server for `h2c`, and a server may ignore that (RFC 9110, 7.8).
 */
export class UpgradableRequest extends IncomingMessage {
  /** Set by Node.js before it reads the headers, and by the constructor of the parent. */
  declare private wantsUpgrade: boolean | null;

  get upgrade(): boolean {
    return this.wantsUpgrade === true && (this.method === 'CONNECT' || this.#wantsWebSocket());
  }

  set upgrade(value: boolean | null) {
    this.wantsUpgrade = value;
  }

  #wantsWebSocket(): boolean {
    return this.headers.upgrade?.toLowerCase() === 'websocket';
  }
}
