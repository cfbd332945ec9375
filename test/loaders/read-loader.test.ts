import { describe, expect, test } from '@jest/globals';
import { readLoader, settled } from '../../src/loaders/read-loader.js';

interface Key {
  readonly id: string;
}

/** A loader that records its reads; reads of ids with `!` fail. */
function recordedLoader() {
  const reads: string[] = [];
  const loader = readLoader<Key, string>(
    ({ id }) => {
      reads.push(id);
      return id.includes('!') ? Promise.reject(new Error(`no ${id}`)) : Promise.resolve(id.toUpperCase());
    },
    ({ id }) => id,
  );
  return { loader, reads };
}

describe('readLoader', () => {
  test('reads equal keys once', async () => {
    const { loader, reads } = recordedLoader();
    expect(await Promise.all(['a', 'b', 'a'].map((id) => loader.load({ id })))).toEqual(['A', 'B', 'A']);
    expect(await loader.load({ id: 'a' })).toBe('A');
    expect(reads).toEqual(['a', 'b']);
  });

  test('rejects only the key whose read failed', async () => {
    const { loader } = recordedLoader();
    expect(await loader.loadMany([{ id: 'a' }, { id: 'b!' }, { id: 'c' }])).toEqual([
      'A',
      new Error('no b!'),
      'C',
    ]);
  });

  test('reads a key again after it was cleared', async () => {
    const { loader, reads } = recordedLoader();
    await loader.load({ id: 'a' });
    loader.clear({ id: 'a' });
    await loader.load({ id: 'a' });
    expect(reads).toEqual(['a', 'a']);
  });

  test('rejects a key without a cache key', async () => {
    const loader = readLoader<Key, string>(
      ({ id }) => Promise.resolve(id),
      () => {
        throw new Error('no such place');
      },
    );
    await expect(async () => loader.load({ id: 'a' })).rejects.toThrow('no such place');
  });
});

describe('settled', () => {
  test('keeps the order of the reads, whichever settles first', async () => {
    const slow = new Promise<string>((resolve) => setImmediate(() => resolve('slow')));
    expect(await settled([slow, Promise.resolve('fast')])).toEqual(['slow', 'fast']);
  });

  test('wraps a rejection that is not an Error', async () => {
    const reason = 'no error';
    const [result] = await settled([
      Promise.resolve().then(() => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- libraries do
        throw reason;
      }),
    ]);
    expect(result).toBeInstanceOf(Error);
    expect(result).toMatchObject({ cause: reason });
  });
});
