import type { Worker } from 'node:cluster';

interface Connection {
  close(): void;
}

/** What `node:cluster` sends with a connection. It is internal to Node.js: if it changes, nothing is noted here. */
interface Handover {
  readonly act?: unknown;
  readonly seq?: unknown;
}

/**
 * Closes connections that were on their way to a worker which has died. `node:cluster` closes its own copy of a connection when the
 * worker has acknowledged it, so that without this a client of a killed worker could wait forever.
 */
export function closeLostConnections({ process: child }: Worker): void {
  const underWay = new Map<unknown, Connection>();
  const send = child.send.bind(child) as (...args: readonly unknown[]) => boolean;
  child.send = (...args: readonly unknown[]): boolean => {
    const [message, connection] = args as readonly [Handover | null, Connection | undefined];
    if (message?.act === 'newconn' && connection !== undefined) underWay.set(message.seq, connection);
    return send(...args);
  };
  child.on('internalMessage', ({ ack }: { readonly ack?: unknown }) => underWay.delete(ack));
  child.once('exit', () => {
    for (const connection of underWay.values()) connection.close();
  });
}
