import type { Ask, FromWorker, Told } from './messages.js';

/** The most questions without an answer: where the primary does not get to them, more would only fill the memory. */
const MAX_PENDING = 10_000;

interface Pending {
  resolve(told: Told): void;
  reject(error: Error): void;
}

/** A worker's questions to the primary. Each is answered, or rejected once there is nobody to answer. */
export class Asks {
  readonly #send: (message: FromWorker) => void;
  readonly #pending = new Map<number, Pending>();
  #asked = 0;
  #over = false;

  constructor(send: (message: FromWorker) => void) {
    this.#send = send;
  }

  async ask(ask: Ask): Promise<Told> {
    if (this.#over || this.#pending.size >= MAX_PENDING) throw unanswered();
    const id = (this.#asked += 1);
    return await new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#send({ type: 'ask', id, ask });
    });
  }

  answered(id: number, told: Told | null): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (told === null) pending?.reject(unanswered());
    else pending?.resolve(told);
  }

  /** There will be no answers any more. */
  end(): void {
    this.#over = true;
    for (const id of this.#pending.keys()) this.answered(id, null);
  }
}

function unanswered(): Error {
  return new Error('The primary process does not answer.');
}
