import { copyToScratch } from './scratch.js';
import { UnexpectedJson } from './unexpected-json.js';

const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const UPPER_E = 0x45;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const LOWER_E = 0x65;
const LOWER_F = 0x66;
const LOWER_N = 0x6e;
const LOWER_T = 0x74;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const FIRST_BEYOND_ASCII = 0x80;

/** The four ASCII bytes as a little-endian integer. */
const TRUE = 0x65757274;
const ALSE = 0x65736c61;
const NULL = 0x6c6c756e;

/** Integers up to this many digits are exact, so dividing one by a power of ten rounds only once. */
const EXACT_DIGITS = 15;
const POWERS_OF_TEN = Array.from({ length: EXACT_DIGITS + 1 }, (_, exponent) => 10 ** exponent);

/** RFC 8259, 6. */
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/**
 * Reads a JSON text (RFC 8259) sequentially for a caller that knows its shape, in a third of the time of `JSON.parse`:
 * property names are compared in place, and unused values are skipped.
 *
 * It returns the values that `JSON.parse` returns and rejects what `JSON.parse` rejects. Each method starts at the first
 * character of the value that it reads.
 *
 * All cursors share one buffer, so create the next one only when this one is done.
 *
 * @throws {UnexpectedJson} if the text has something else; {SyntaxError} for an invalid escape; {RangeError} if a skipped
 *   value is nested too deeply for the stack
 */
export class JsonCursor {
  /** The bytes of the text, followed by at least four zeros. */
  readonly view: DataView;
  /** The offset of the next byte. */
  at = 0;

  /** @param latin1 the bytes of the text */
  constructor(private readonly latin1: string) {
    this.view = copyToScratch(latin1);
    this.skipSpace();
  }

  /** Asserts that only white space follows. */
  end(): void {
    this.skipSpace();
    if (this.at !== this.latin1.length) throw new UnexpectedJson();
  }

  /** @returns whether the object has a property */
  openObject(): boolean {
    return this.open(OPEN_OBJECT, CLOSE_OBJECT);
  }

  /** Reads a property name and moves to its value. Skips leading white space. */
  name(): string {
    this.skipSpace();
    const name = this.string();
    this.colon();
    return name;
  }

  /** Call it after the value of a property. @returns whether another property follows */
  nextProperty(): boolean {
    return this.next(CLOSE_OBJECT);
  }

  array<T>(read: (json: this) => T): T[] {
    const items: T[] = [];
    for (let more = this.open(OPEN_ARRAY, CLOSE_ARRAY); more; more = this.next(CLOSE_ARRAY)) {
      this.skipSpace();
      items.push(read(this));
    }
    return items;
  }

  string(): string {
    if (this.view.getUint8(this.at) !== QUOTE) throw new UnexpectedJson();
    const start = this.at + 1;
    const end = this.endOfPlainCharacters(start);
    if (this.view.getUint8(end) !== QUOTE) return this.specialString(start, end);
    this.at = end + 1;
    return this.latin1.slice(start, end);
  }

  integer(minimum: number, maximum: number): number {
    const value = this.number(minimum, maximum);
    if (!Number.isInteger(value)) throw new UnexpectedJson();
    return value;
  }

  /** By default rejects numbers that are too large for a double, which `JSON.parse` turns into `Infinity`. */
  number(minimum = -Number.MAX_VALUE, maximum = Number.MAX_VALUE): number {
    const { view } = this;
    const start = this.at;
    const first = view.getUint8(start) === MINUS ? start + 1 : start;
    let at = first;
    let digits = 0;
    let byte = view.getUint8(at);
    for (; byte >= ZERO && byte <= NINE; byte = view.getUint8(at)) {
      digits = digits * 10 + (byte - ZERO);
      at += 1;
    }
    const wholeDigits = at - first;
    let decimals = 0;
    if (byte === POINT) {
      const point = at;
      at += 1;
      byte = view.getUint8(at);
      for (; byte >= ZERO && byte <= NINE; byte = view.getUint8(at)) {
        digits = digits * 10 + (byte - ZERO);
        at += 1;
      }
      decimals = at - point - 1;
      if (decimals === 0) throw new UnexpectedJson();
    }
    if (wholeDigits === 0 || (wholeDigits > 1 && view.getUint8(first) === ZERO)) throw new UnexpectedJson();
    this.at = at;
    let value = decimals === 0 ? digits : digits / (POWERS_OF_TEN[decimals] ?? 1);
    if (first !== start) value = -value;
    if (wholeDigits + decimals > EXACT_DIGITS || byte === LOWER_E || byte === UPPER_E)
      value = this.longNumber(start);
    if (value < minimum || value > maximum) throw new UnexpectedJson();
    return value;
  }

  boolean(): boolean {
    const { view, at } = this;
    if (view.getInt32(at, true) === TRUE) {
      this.at = at + 4;
      return true;
    }
    if (view.getUint8(at) !== LOWER_F || view.getInt32(at + 1, true) !== ALSE) throw new UnexpectedJson();
    this.at = at + 5;
    return false;
  }

  /** Skips a null. @returns whether there was one */
  null(): boolean {
    const { view, at } = this;
    if (view.getUint8(at) !== LOWER_N) return false;
    if (view.getInt32(at, true) !== NULL) throw new UnexpectedJson();
    this.at = at + 4;
    return true;
  }

  /** Reads any value with `JSON.parse`. */
  value(): unknown {
    const start = this.at;
    this.skip();
    return JSON.parse(Buffer.from(this.latin1.slice(start, this.at), 'latin1').toString()) as unknown;
  }

  /** Skips any value. */
  skip(): void {
    switch (this.view.getUint8(this.at)) {
      case QUOTE:
        this.skipString();
        return;
      case OPEN_OBJECT:
        for (let more = this.openObject(); more; more = this.nextProperty()) {
          this.skipSpace();
          this.skipString();
          this.colon();
          this.skip();
        }
        return;
      case OPEN_ARRAY:
        for (let more = this.open(OPEN_ARRAY, CLOSE_ARRAY); more; more = this.next(CLOSE_ARRAY)) {
          this.skipSpace();
          this.skip();
        }
        return;
      case LOWER_T:
      case LOWER_F:
        this.boolean();
        return;
      case LOWER_N:
        this.null();
        return;
      default:
        this.number(-Infinity, Infinity);
    }
  }

  private open(open: number, close: number): boolean {
    const { view, at } = this;
    if (view.getUint8(at) !== open) throw new UnexpectedJson();
    this.at = at + 1;
    if (view.getUint8(at + 1) <= SPACE) this.skipSpace();
    if (view.getUint8(this.at) !== close) return true;
    this.at += 1;
    return false;
  }

  private next(close: number): boolean {
    const { view } = this;
    if (view.getUint8(this.at) <= SPACE) this.skipSpace();
    const byte = view.getUint8(this.at);
    if (byte !== COMMA && byte !== close) throw new UnexpectedJson();
    this.at += 1;
    return byte === COMMA;
  }

  private colon(): void {
    this.skipSpace();
    if (this.view.getUint8(this.at) !== COLON) throw new UnexpectedJson();
    this.at += 1;
    this.skipSpace();
  }

  /** RFC 8259, 2. */
  private skipSpace(): void {
    const { view } = this;
    let { at } = this;
    let byte = view.getUint8(at);
    while (byte === SPACE || byte === 0x0a || byte === 0x0d || byte === 0x09) {
      at += 1;
      byte = view.getUint8(at);
    }
    this.at = at;
  }

  /**
   * The offset of the first character that is not plain: a quote, a backslash, a control character, or beyond ASCII.
   *
   * Checks four bytes at a time. Subtracting `n` from a byte sets its highest bit if the byte is less than `n`, and XOR
   * with `n` turns a byte that equals `n` into 0, which is less than 1. A borrow from the neighboring byte can flag a plain
   * byte but never hides another one, and from a flagged word on, bytes are checked one by one.
   */
  private endOfPlainCharacters(start: number): number {
    const { view } = this;
    let at = start;
    for (; ; at += 4) {
      const word = view.getInt32(at, true);
      const quotes = (word ^ 0x22222222) - 0x01010101;
      const backslashes = (word ^ 0x5c5c5c5c) - 0x01010101;
      if (((word | (word - 0x20202020) | quotes | backslashes) & 0x80808080) !== 0) break;
    }
    for (; ; at += 1) {
      const byte = view.getUint8(at);
      if (byte === QUOTE || byte === BACKSLASH || byte < SPACE || byte >= FIRST_BEYOND_ASCII) return at;
    }
  }

  /** A string with escapes or characters beyond ASCII. @param special the offset of the first of them */
  private specialString(start: number, special: number): string {
    const end = this.endOfString(special);
    const isEscaped = this.latin1.slice(special, end).includes('\\');
    this.at = end + 1;
    const string = Buffer.from(this.latin1.slice(start, end), 'latin1').toString();
    return isEscaped ? (JSON.parse(`"${string}"`) as string) : string;
  }

  private endOfString(start: number): number {
    const { view } = this;
    for (let at = start; ; at += 1) {
      const byte = view.getUint8(at);
      if (byte === QUOTE) return at;
      if (byte < SPACE) throw new UnexpectedJson();
      // The zeros after the end of the text are control characters, so this never skips past them.
      if (byte === BACKSLASH && view.getUint8(at + 1) >= SPACE) at += 1;
    }
  }

  /** Escapes are validated by `JSON.parse`. */
  private skipString(): void {
    if (this.view.getUint8(this.at) !== QUOTE) throw new UnexpectedJson();
    const start = this.at + 1;
    const end = this.endOfPlainCharacters(start);
    if (this.view.getUint8(end) === QUOTE) this.at = end + 1;
    else this.specialString(start, end);
  }

  /** A number with an exponent or more than {@link EXACT_DIGITS} digits. */
  private longNumber(start: number): number {
    NUMBER.lastIndex = start;
    const [number] = NUMBER.exec(this.latin1) ?? [];
    if (number === undefined) throw new UnexpectedJson();
    this.at = start + number.length;
    return Number(number);
  }
}
