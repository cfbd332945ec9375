import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { entityTag, isOlder, isVersion, versionOfEntityTag } from '../../src/upstream/resources/version.js';

describe('versionOfEntityTag', () => {
  test.each([
    ['W/"5"', '5'],
    ['"5"', '5'],
    ['  W/"12"\t', '12'],
    ['"0"', '0'],
    ['W/"9223372036854775807"', '9223372036854775807'],
  ])('reads %s', (tag, version) => {
    expect(versionOfEntityTag(tag)).toBe(version);
  });

  test.each([
    undefined,
    '',
    '5',
    'W/5',
    '"5',
    '5"',
    'w/"5"',
    'W/ "5"',
    '""',
    '"-5"',
    '"+5"',
    '"05"',
    '"5.0"',
    '"0x5"',
    '"five"',
    '"5", "6"',
    '"٥"',
    '"12345678901234567890"',
  ])('finds no version in %j', (tag) => {
    expect(versionOfEntityTag(tag)).toBeUndefined();
  });
});

describe('entityTag', () => {
  test.each([
    ['weak', 'W/"5"'],
    ['strong', '"5"'],
  ] as const)('writes a %s tag', (form, tag) => {
    expect(entityTag('5', form)).toBe(tag);
  });

  test('is parsed back to its version', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 19n - 1n }).map(String),
        fc.constantFrom('weak' as const, 'strong' as const),
        (version, form) => {
          expect(isVersion(version)).toBe(true);
          expect(versionOfEntityTag(entityTag(version, form))).toBe(version);
        },
      ),
    );
  });
});

describe('isOlder', () => {
  test.each([
    ['5', '6', true],
    ['5', '5', false],
    ['6', '5', false],
    ['9', '10', true],
    ['10', '9', false],
    // One more than the largest exact integer of a double.
    ['9007199254740992', '9007199254740993', true],
    ['9007199254740993', '9007199254740992', false],
  ])('%s before %s: %s', (version, other, older) => {
    expect(isOlder(version, other)).toBe(older);
  });
});
