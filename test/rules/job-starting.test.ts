import { describe, expect, test } from '@jest/globals';
import { idempotencyKeyErrors } from '../../src/graphql/job/job.starting.js';

describe('idempotencyKeyErrors', () => {
  test.each(['x', '9b2f6f0e-6a0c-4b6e-8d5e-0c4f3c5f7a11', '!"#$%&\'()*+,-./~', 'x'.repeat(255)])(
    'accepts %j',
    (key) => {
      expect(idempotencyKeyErrors(key)).toEqual([]);
    },
  );

  test.each(['', ' ', 'a b', 'a\tb', 'a\r\nb', 'a\u0000', 'clé', '鍵', 'x'.repeat(256)])(
    'rejects %j',
    (key) => {
      expect(idempotencyKeyErrors(key)).toMatchObject([
        { code: 'VALIDATION_FAILED', field: ['idempotencyKey'] },
      ]);
    },
  );
});
