import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Different ports of 127.0.0.1 that are free now. Another process may take them before they are used.
 *
 * @param {number} count
 * @returns {Promise<number[]>}
 */
export async function freePorts(count) {
  const holders = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(holders.map((holder) => once(holder, 'listening')));
  const ports = holders.map((holder) => holder.address().port);
  await Promise.all(holders.map((holder) => once(holder.close(), 'close')));
  return ports;
}
