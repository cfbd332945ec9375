import { pathHash } from '../resources/path-hash.js';

export interface ByteRingCacheOptions {
  /** The size of the ring in bytes. The system commits its memory as it is used. */
  readonly maxBytes: number;
  /** A power of two, and a multiple of {@link WAYS}. */
  readonly maxValues: number;
}

/** Each key can be in one of this many slots. */
const WAYS = 4;
/** The lengths of key and value, before each entry. */
const HEAD_BYTES = 8;

/**
 * A set-associative cache of Latin-1 strings (one character a byte) in a ring buffer; new entries overwrite the oldest.
 *
 * Values that live for a second or two are expensive for a generational garbage collector: it copies each of them twice,
 * promotes it, and then has to collect it from the old generation. It does not scan the contents of a buffer.
 */
export class ByteRingCache {
  readonly #ring: Buffer;
  /** Where the entry of each slot starts, plus one; 0 if empty. Counts all bytes ever written, so it never wraps. */
  readonly #offsets: Float64Array;
  readonly #hashes: Uint32Array;
  /** Where the next entry starts. */
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

  /** Does not keep an entry of more than an eighth of the ring. */
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

  /** The slot of the key, if its entry has not been overwritten. */
  #slotOf(key: string, hash: number): number | undefined {
    const first = this.#firstSlot(hash);
    for (let slot = first; slot < first + WAYS; slot += 1) {
      if (this.#hashes[slot] === hash && this.#isIntact(slot) && this.#hasKey(slot, key)) return slot;
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

  #isIntact(slot: number): boolean {
    const start = this.#startOf(slot);
    return start > 0 && start > this.#end - this.#ring.length;
  }
}
