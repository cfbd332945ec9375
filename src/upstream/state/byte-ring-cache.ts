import { pathHash } from '../resources/path-hash.js';

export interface ByteRingCacheOptions {
  /** For all that is kept, in bytes. Taken from the system as it is used. */
  readonly maxBytes: number;
  /** The most values. A power of two, and a multiple of {@link WAYS}. */
  readonly maxValues: number;
}

/** A key has its place in one of so many slots. */
const WAYS = 4;
/** Before each value: length of the key, length of the value. */
const HEAD_BYTES = 8;

/**
 * Values of octets by keys of octets (a character for each byte), of which the oldest are written over.
 *
 * What is kept for a second or two is dear to a garbage collector by generations: it is copied twice, becomes old, and then
 * is garbage. Here it is bytes in one block of memory, a ring, and places in it, which no collector looks at.
 */
export class ByteRingCache {
  readonly #ring: Buffer;
  /** Where values begin, plus one; 0 for none. Octets are counted from the first that was ever written, over all rounds. */
  readonly #offsets: Float64Array;
  /** Of the keys of those values. */
  readonly #hashes: Uint32Array;
  /** Where the next value begins. */
  #end = 0;

  constructor({ maxBytes, maxValues }: ByteRingCacheOptions) {
    this.#ring = Buffer.allocUnsafeSlow(maxBytes);
    this.#offsets = new Float64Array(maxValues);
    this.#hashes = new Uint32Array(maxValues);
  }

  get(key: string): string | undefined {
    const hash = pathHash(key);
    const slot = this.#slotOf(key, hash);
    if (slot === undefined) return undefined;
    const at = this.#offset(slot);
    const start = at + HEAD_BYTES + this.#ring.readUInt32LE(at);
    return this.#ring.toString('latin1', start, start + this.#ring.readUInt32LE(at + 4));
  }

  /** Keeps nothing of what is longer than an eighth of all. */
  set(key: string, value: string): void {
    const hash = pathHash(key);
    const known = this.#slotOf(key, hash);
    const bytes = HEAD_BYTES + key.length + value.length;
    if (bytes > this.#ring.length / 8) {
      if (known !== undefined) this.#offsets[known] = 0;
      return;
    }
    const left = this.#ring.length - (this.#end % this.#ring.length);
    if (bytes > left) this.#end += left;
    const at = this.#end % this.#ring.length;
    this.#ring.writeUInt32LE(key.length, at);
    this.#ring.writeUInt32LE(value.length, at + 4);
    this.#ring.write(key + value, at + HEAD_BYTES, 'latin1');
    const slot = known ?? this.#oldestOf(hash);
    this.#offsets[slot] = this.#end + 1;
    this.#hashes[slot] = hash;
    this.#end += bytes;
  }

  /** Where the key's value is, if it is still there. */
  #slotOf(key: string, hash: number): number | undefined {
    const first = this.#firstSlot(hash);
    for (let slot = first; slot < first + WAYS; slot += 1) {
      if (this.#hashes[slot] === hash && this.#isThere(slot) && this.#hasKey(slot, key)) return slot;
    }
    return undefined;
  }

  #hasKey(slot: number, key: string): boolean {
    const at = this.#offset(slot);
    const start = at + HEAD_BYTES;
    if (this.#ring.readUInt32LE(at) !== key.length) return false;
    return this.#ring.toString('latin1', start, start + key.length) === key;
  }

  #oldestOf(hash: number): number {
    const first = this.#firstSlot(hash);
    let oldest = first;
    for (let slot = first + 1; slot < first + WAYS; slot += 1) {
      if (this.#startOf(slot) < this.#startOf(oldest)) oldest = slot;
    }
    return oldest;
  }

  #firstSlot(hash: number): number {
    return (hash * WAYS) & (this.#offsets.length - 1);
  }

  #startOf(slot: number): number {
    return this.#offsets[slot] ?? 0;
  }

  #offset(slot: number): number {
    return (this.#startOf(slot) - 1) % this.#ring.length;
  }

  #isThere(slot: number): boolean {
    const start = this.#startOf(slot);
    return start > 0 && start > this.#end - this.#ring.length;
  }
}
