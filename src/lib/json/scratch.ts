/** Larger texts get a buffer of their own, which is not kept. */
const MAX_SHARED_BYTES = 256 * 1024;
/** Zeros after the text, as many as are read at once. No JSON token contains them, so reading stops there. */
const PADDING = 4;

interface ScratchBuffer {
  readonly bytes: Buffer;
  readonly view: DataView;
}

let sharedBuffer = allocate(16 * 1024);

/**
 * Copies a text into a buffer that the next call overwrites.
 *
 * @param latin1 one character for each byte
 */
export function copyToScratch(latin1: string): DataView {
  const { bytes, view } = bufferFor(latin1.length + PADDING);
  bytes.write(latin1, 'latin1');
  view.setInt32(latin1.length, 0);
  return view;
}

function bufferFor(size: number): ScratchBuffer {
  if (size > MAX_SHARED_BYTES) return allocate(size);
  if (size > sharedBuffer.bytes.length) sharedBuffer = allocate(Math.min(2 * size, MAX_SHARED_BYTES));
  return sharedBuffer;
}

function allocate(size: number): ScratchBuffer {
  const bytes = Buffer.allocUnsafeSlow(size);
  return { bytes, view: new DataView(bytes.buffer) };
}
