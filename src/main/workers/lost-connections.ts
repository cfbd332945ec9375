import type { Worker } from 'node:cluster';

/** What `node:cluster` calls the copy of a connection that a process has. */
interface Handle {
  close(): void;
}

/** The message by which `node:cluster` hands a connection to a worker. It is internal to Node.js: if it changes, this does nothing. */
interface ClusterMessage {
  readonly act?: unknown;
  readonly seq?: unknown;
}

/**
 * Closes connections that were in transit to a worker when it died. `node:cluster` closes its own copy of a connection only when the
 * worker acknowledges it, so that without this a client of a killed worker could wait forever.
 */
export function closeLostConnections({ process: child }: Worker): void {
  const inTransit = new Map<unknown, Handle>();
  const send = child.send.bind(child) as (...args: readonly unknown[]) => boolean;
  child.send = (...args: readonly unknown[]): boolean => {
    const [message, connection] = args as readonly [ClusterMessage | null, Handle | undefined];
    if (message?.act === 'newconn' && connection !== undefined) inTransit.set(message.seq, connection);
    return send(...args);
  };
  child.on('internalMessage', ({ ack }: { readonly ack?: unknown }) => inTransit.delete(ack));
  child.once('exit', () => {
    for (const connection of inTransit.values()) connection.close();
  });
}
