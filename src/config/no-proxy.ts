import { BlockList, isIP } from 'node:net';

/**
 * Whether `NO_PROXY` exempts a server. There is no standard; this follows curl and Go:
 *
 * - `example.com`, `.example.com` and `*.example.com` match the host and its subdomains
 * - `10.0.0.7`, `::1` and `10.0.0.0/8` match IP addresses; names are not resolved
 * - a port restricts an entry to that port (`[::1]:8080`)
 * - `*` matches everything
 *
 * @param list entries separated by commas or spaces
 */
export function isExempt(url: URL, list: string): boolean {
  const host = plainHost(url.hostname);
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => matches(entry, host, port));
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === '') return false;
  if (entry === '*') return true;
  const [, name = entry, ofPort] = /^(\[.*\]|[^:]*):(\d+)$/.exec(entry) ?? [];
  if (ofPort !== undefined && ofPort !== port) return false;
  const wanted = plainHost(name.replace(/^\*?\.?/, ''));
  if (isIP(host) !== 0) return isWithin(host, wanted);
  return host === wanted || host.endsWith(`.${wanted}`);
}

/** Whether an address is in a network such as `10.0.0.0/8`, or equals an address that is written differently. */
function isWithin(host: string, network: string): boolean {
  const family = isIP(host);
  const [address = '', prefix = family === 4 ? '32' : '128'] = network.split('/');
  if (isIP(address) !== family || !/^\d{1,3}$/.test(prefix)) return false;
  if (Number(prefix) > (family === 4 ? 32 : 128)) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const addresses = new BlockList();
  addresses.addSubnet(address, Number(prefix), type);
  return addresses.check(host, type);
}

/** Strips the brackets of an IPv6 address and the trailing dot of a fully qualified name. */
function plainHost(host: string): string {
  return host.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}
