import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import proxyAddr from '@fastify/proxy-addr';
import ipaddr from 'ipaddr.js';
import type { TrustedProxies } from '../../config/exposure.js';

type Trust = (address: string, distance: number) => boolean;

/** Determines the addresses of clients like Fastify's `trustProxy`, which does not see upgrades. */
export class ClientAddresses {
  readonly #trust: Trust | undefined;

  /** @param trusted undefined to ignore `X-Forwarded-For` */
  constructor(trusted: TrustedProxies | undefined) {
    this.#trust = trusted === undefined ? undefined : trustOf(trusted);
  }

  /** Whether the other end of a connection is a trusted proxy. */
  isProxy(address: string): boolean {
    return this.#trust?.(withoutMapping(address), 0) ?? false;
  }

  /**
   * The client's address: an IPv4 address, or the first 64 bits of an IPv6 address, because a client usually has the whole
   * network. It is the nearest address that is not a trusted proxy's, or the proxy's own if the header has no valid address
   * there.
   */
  of(request: IncomingMessage): string {
    const own = request.socket.remoteAddress ?? '';
    if (this.#trust === undefined) return clientNetwork(own);
    const path = proxyAddr.all(request, this.#trust);
    return clientNetwork(path.map(withoutPort).findLast((address) => isIP(address) !== 0) ?? own);
  }
}

function trustOf(trusted: TrustedProxies): Trust {
  if (typeof trusted === 'number') return (_address, distance) => distance < trusted;
  return proxyAddr.compile([...trusted]);
}

/** Some proxies add the port: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function withoutPort(address: string): string {
  const text = address.trim();
  const [, bracketed, plain] = /^(?:\[([\d.:a-f]+)\]|([\d.]+))(?::\d+)?$/i.exec(text) ?? [];
  return bracketed ?? plain ?? text;
}

const NETWORK_PARTS = 4;

/**
 * An IPv4 address (also if it is mapped into IPv6), or the first 64 bits of an IPv6 address. Other text is returned unchanged.
 */
export function clientNetwork(address: string): string {
  if (isIP(address) === 0) return address;
  const ip = ipaddr.process(address);
  if (!(ip instanceof ipaddr.IPv6)) return ip.toString();
  const parts = ip.parts.slice(0, NETWORK_PARTS).map((part) => part.toString(16));
  return `${parts.join(':')}::/64`;
}

function withoutMapping(address: string): string {
  return isIP(address) === 0 ? address : ipaddr.process(address).toString();
}
