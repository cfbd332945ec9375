import { BlockList, isIP } from 'node:net';

/**
 * Whether `NO_PROXY` exempts a server from the proxy. There is no standard; this is how curl and Go read it:
 *
 * - `example.com` and `.example.com` stand for that host and all below it, `*.example.com` too
 * - `10.0.0.7`, `::1` and `10.0.0.0/8` stand for addresses; names are not looked up
 * - each of them can end with a port, and then stands for that port alone (`[::1]:8080`)
 * - `*` stands for all
 *
 * @param list entries with commas or spaces between them
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

/** Whether an address is one of a network, such as `10.0.0.0/8`, or the same as another, written otherwise. */
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

/** Without the brackets of an IPv6 address in a URL, and the dot that ends a name from the root. */
function plainHost(host: string): string {
  return host.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}
