import { HttpFailure } from './http.js';
import type { BodyReader } from './body-reader.js';
import { ByteSink } from './byte-sink.js';
import { areFields, MAX_HEAD_BYTES } from './head.js';

/** The line before a chunk: its size, and extensions that nobody needs. */
const CHUNK_LINE = /^([\da-fA-F]{1,16})(?:[ \t]*;[\t\x20-\x7e\x80-\xff]*)?\r\n$/;
const LINE_FEED = 0x0a;

/** A body in the chunked transfer coding (RFC 9112, 7.1). */
export class ChunkedBody implements BodyReader {
  readonly #sink: ByteSink;
  readonly #maxBytes: number;
  /** `size`: the line of a chunk; `data` of it; `gap`: the line break after it; `trailers`: lines after the last chunk. */
  #state: 'size' | 'data' | 'gap' | 'trailers' = 'size';
  /** The part of a line that has come. */
  #line = '';
  /** Bytes of the chunk that are still to come. */
  #left = 0;
  /** Bytes of extensions and trailers so far. */
  #extras = 0;

  /** @param maxBytes the most bytes, without the coding */
  constructor(maxBytes: number) {
    this.#sink = new ByteSink(maxBytes);
    this.#maxBytes = maxBytes;
  }

  get latin1(): string {
    return this.#sink.latin1;
  }

  push(bytes: Buffer, start: number): number | undefined {
    for (let at = start; at < bytes.length;) {
      if (this.#state === 'data') {
        at = this.#takeData(bytes, at);
        continue;
      }
      const lineFeed = bytes.indexOf(LINE_FEED, at);
      const end = lineFeed === -1 ? bytes.length : lineFeed + 1;
      this.#line += bytes.toString('latin1', at, end);
      at = end;
      if (this.#line.length + this.#extras > MAX_HEAD_BYTES) throw new Error('A chunk has a line too long.');
      if (lineFeed === -1) return undefined;
      const line = this.#line;
      this.#line = '';
      if (this.#takeLine(line)) return at;
    }
    return undefined;
  }

  #takeData(bytes: Buffer, start: number): number {
    const end = Math.min(bytes.length, start + this.#left);
    this.#sink.add(bytes, start, end);
    this.#left -= end - start;
    if (this.#left === 0) this.#state = 'gap';
    return end;
  }

  /** @returns whether it is the last of the body */
  #takeLine(line: string): boolean {
    if (this.#state === 'gap') {
      if (line !== '\r\n') throw new Error('A chunk is longer than it says.');
      this.#state = 'size';
      return false;
    }
    if (this.#state === 'trailers') {
      if (line === '\r\n') return true;
      if (!areFields(line)) throw new Error('A trailer is malformed.');
      this.#extras += line.length;
      return false;
    }
    const size = CHUNK_LINE.exec(line)?.[1];
    if (size === undefined) throw new Error('The size of a chunk is malformed.');
    this.#extras += line.length - size.length - '\r\n'.length;
    this.#left = parseInt(size, 16);
    if (this.#sink.length + this.#left > this.#maxBytes) throw new HttpFailure('too-large', undefined);
    this.#state = this.#left === 0 ? 'trailers' : 'data';
    return false;
  }
}
