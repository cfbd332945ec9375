import type { Socket } from 'node:net';

/** So many connections at once a worker is offered that it has not taken yet: one that is busy is to get no more. */
const MAX_OFFERED = 8;

/** Who serves connections: a worker. */
export interface Taker {
  readonly id: number;
  /** Offers a connection, which is the taker's once it says that it took it. */
  offer(connection: number, socket: Socket): void;
}

interface Load {
  readonly taker: Taker;
  /** Whether it is offered more. */
  takes: boolean;
  /** How many it has taken that have not ended. */
  connections: number;
  /** Those that it has not taken yet. Nobody has read from them. */
  readonly offered: Map<number, Socket>;
}

/**
 * Shares connections out among workers. Each goes to the one with the fewest, so that a worker that has just started
 * gets its part; one that was not taken, because its worker died first, goes to another.
 */
export class Distribution {
  /** By the ids of their takers; the one that was offered a connection last stands last. */
  readonly #loads = new Map<number, Load>();
  readonly #waiting = new Set<Socket>();
  #offered = 0;

  /** Whether anybody takes connections. */
  get isOpen(): boolean {
    return [...this.#loads.values()].some(({ takes }) => takes);
  }

  add(taker: Taker): void {
    this.#loads.set(taker.id, { taker, takes: true, connections: 0, offered: new Map() });
    this.#offerWaiting();
  }

  /** Gives a connection to somebody, now or as soon as there is somebody. */
  place(socket: Socket): void {
    this.#waiting.add(socket);
    this.#offerWaiting();
  }

  /** A taker has taken a connection; what this process still has of it is let go. */
  took({ id }: Pick<Taker, 'id'>, connection: number): void {
    const load = this.#loads.get(id);
    const socket = load?.offered.get(connection);
    if (load === undefined || socket === undefined) return;
    load.offered.delete(connection);
    load.connections += 1;
    socket.destroy();
    this.#offerWaiting();
  }

  /** A connection of a taker has ended. */
  left({ id }: Pick<Taker, 'id'>): void {
    const load = this.#loads.get(id);
    if (load !== undefined) load.connections -= 1;
  }

  /** A taker is offered nothing more. */
  stop({ id }: Pick<Taker, 'id'>): void {
    const load = this.#loads.get(id);
    if (load !== undefined) load.takes = false;
  }

  /** A taker is gone, and what it did not take goes to others. */
  lost({ id }: Pick<Taker, 'id'>): void {
    const load = this.#loads.get(id);
    this.#loads.delete(id);
    for (const socket of load?.offered.values() ?? []) this.place(socket);
  }

  /** Ends connections that nobody is to take any more. */
  end(): void {
    for (const socket of this.#waiting) socket.destroy();
    this.#waiting.clear();
  }

  #offerWaiting(): void {
    for (const socket of this.#waiting) {
      const load = this.#lightest();
      if (load === undefined) return;
      this.#waiting.delete(socket);
      this.#offer(load, socket);
    }
  }

  #offer(load: Load, socket: Socket): void {
    const connection = (this.#offered += 1);
    load.offered.set(connection, socket);
    this.#loads.delete(load.taker.id);
    this.#loads.set(load.taker.id, load);
    load.taker.offer(connection, socket);
  }

  #lightest(): Load | undefined {
    let lightest: Load | undefined;
    for (const load of this.#loads.values()) {
      if (!load.takes || load.offered.size >= MAX_OFFERED) continue;
      if (lightest === undefined || weightOf(load) < weightOf(lightest)) lightest = load;
    }
    return lightest;
  }
}

function weightOf({ connections, offered }: Load): number {
  return connections + offered.size;
}
