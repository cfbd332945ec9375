/** A text of up to so many bytes is put into memory that is kept for the next ones. */
const MAX_KEPT_BYTES = 256 * 1024;
/** As many zeros after a text as are read at once. They are no part of any JSON, and so nobody reads on behind them. */
const PADDING = 4;

interface Memory {
  readonly bytes: Buffer;
  readonly view: DataView;
}

let kept = memoryOf(16 * 1024);

/**
 * Puts a text where its bytes can be read, until another one is put there.
 *
 * @param latin1 a character for each byte (Latin-1)
 */
export function putInScratch(latin1: string): DataView {
  const { bytes, view } = memoryFor(latin1.length + PADDING);
  bytes.write(latin1, 'latin1');
  view.setInt32(latin1.length, 0);
  return view;
}

function memoryFor(size: number): Memory {
  if (size > MAX_KEPT_BYTES) return memoryOf(size);
  if (size > kept.bytes.length) kept = memoryOf(Math.min(2 * size, MAX_KEPT_BYTES));
  return kept;
}

function memoryOf(size: number): Memory {
  const bytes = Buffer.allocUnsafeSlow(size);
  return { bytes, view: new DataView(bytes.buffer) };
}
