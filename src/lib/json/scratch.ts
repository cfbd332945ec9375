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
 * @param octets a character for each byte (Latin-1)
 */
export function putInScratch(octets: string): DataView {
  const { bytes, view } = memoryFor(octets.length + PADDING);
  bytes.write(octets, 'latin1');
  view.setInt32(octets.length, 0);
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
