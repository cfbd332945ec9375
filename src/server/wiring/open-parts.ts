/** Something that holds timers, connections or listeners until it is closed. */
interface Closable {
  close(): void | Promise<void>;
}

/** The parts that have been created so far. They are closed together, the last one first, because it may use those before it. */
export class OpenParts {
  readonly #parts: Closable[] = [];

  add<Part extends Closable | undefined>(part: Part): Part {
    if (part !== undefined) this.#parts.push(part);
    return part;
  }

  /** @throws the first error, after everything has been closed */
  async close(): Promise<void> {
    const results: PromiseSettledResult<void>[] = [];
    for (const part of this.#parts.splice(0).reverse()) {
      results.push(...(await Promise.allSettled([Promise.resolve().then(() => part.close())])));
    }
    const failed = results.find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
  }
}
