import { IncomingMessage } from 'node:http';

/**
 * A request whose `Upgrade` header counts only for WebSockets. Once a server listens for upgrades, Node.js emits every request
 * with such a header as one, but Java's client asks every server for `h2c`, which a server may ignore (RFC 9110, 7.8).
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
