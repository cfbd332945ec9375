import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ByteSink } from '../../../src/lib/http1/byte-sink.js';

const size = fc.oneof(
  fc.constantFrom(0, 1, 1023, 1024, 1025, 4095, 4096, 4097),
  fc.integer({ min: 0, max: 6000 }),
);

describe('ByteSink', () => {
  test('returns the pieces in order, whatever their sizes', () => {
    fc.assert(
      fc.property(fc.array(size, { maxLength: 40 }), fc.nat(40), (sizes, readAfter) => {
        const total = sizes.reduce((sum, each) => sum + each, 0);
        const source = Buffer.from(Array.from({ length: total }, (_, index) => (index * 31) % 256));
        const sink = new ByteSink(total);
        let start = 0;
        for (const [index, each] of sizes.entries()) {
          sink.add(source, start, start + each);
          start += each;
          expect(sink.length).toBe(start);
          if (index === readAfter) expect(sink.latin1).toBe(source.toString('latin1', 0, start));
        }
        expect(sink.latin1 === source.toString('latin1')).toBe(true);
        expect(() => {
          sink.add(Buffer.from('x'), 0, 1);
        }).toThrow(expect.objectContaining({ kind: 'too-large' }));
      }),
    );
  });

  test('takes no more than a few times the memory of its bytes, however small the pieces', () => {
    const sink = new ByteSink(2 ** 20);
    const piece = Buffer.from('x');
    const before = process.memoryUsage().heapUsed;
    for (let index = 0; index < 2 ** 20; index += 1) sink.add(piece, 0, 1);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(8 * 2 ** 20);
    expect(sink.latin1).toHaveLength(2 ** 20);
  });
});
