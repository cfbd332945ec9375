import { HttpFailure } from './http.js';
import type { IncomingBody } from './incoming-body.js';
import { ByteSink } from './byte-sink.js';
import { areHeaderLines, MAX_HEAD_BYTES } from './head.js';

/** The line before a chunk: its size and extensions, which are ignored. */
const CHUNK_LINE = /^([\da-fA-F]{1,16})(?:[ \t]*;[\t\x20-\x7e\x80-\xff]*)?\r\n$/;
const LINE_FEED = 0x0a;

/** A body in the chunked transfer coding (RFC 9112, 7.1). */
export class ChunkedBody implements IncomingBody {
  readonly #sink: ByteSink;
  readonly #maxBytes: number;
  /** What comes next: a chunk's size line, its data, the line break after the data, or trailer lines. */
  #state: 'size' | 'data' | 'gap' | 'trailers' = 'size';
  #line = '';
  /** Bytes of the current chunk that have not arrived. */
  #remaining = 0;
  /** Bytes of chunk extensions and trailers so far. */
  #extraBytes = 0;

  /** @param maxBytes limits the decoded body */
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
        at = this.#readData(bytes, at);
        continue;
      }
      const lineFeed = bytes.indexOf(LINE_FEED, at);
      const end = lineFeed === -1 ? bytes.length : lineFeed + 1;
      this.#line += bytes.toString('latin1', at, end);
      at = end;
      if (this.#line.length + this.#extraBytes > MAX_HEAD_BYTES)
        throw new Error('Chunk extensions or trailers are too large.');
      if (lineFeed === -1) return undefined;
      const line = this.#line;
      this.#line = '';
      if (this.#readLine(line)) return at;
    }
    return undefined;
  }

  #readData(bytes: Buffer, start: number): number {
    const end = Math.min(bytes.length, start + this.#remaining);
    this.#sink.add(bytes, start, end);
    this.#remaining -= end - start;
    if (this.#remaining === 0) this.#state = 'gap';
    return end;
  }

  /** @returns whether the line ends the body */
  #readLine(line: string): boolean {
    if (this.#state === 'gap') {
      if (line !== '\r\n') throw new Error('A chunk is longer than its size.');
      this.#state = 'size';
      return false;
    }
    if (this.#state === 'trailers') {
      if (line === '\r\n') return true;
      if (!areHeaderLines(line)) throw new Error('A trailer is malformed.');
      this.#extraBytes += line.length;
      return false;
    }
    const size = CHUNK_LINE.exec(line)?.[1];
    if (size === undefined) throw new Error('The size of a chunk is malformed.');
    this.#extraBytes += line.length - size.length - '\r\n'.length;
    this.#remaining = parseInt(size, 16);
    if (this.#sink.length + this.#remaining > this.#maxBytes) throw new HttpFailure('too-large', undefined);
    this.#state = this.#remaining === 0 ? 'trailers' : 'data';
    return false;
  }
}
