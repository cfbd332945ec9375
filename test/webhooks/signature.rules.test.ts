import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isFresh, isSignedBy, parseSignature } from '../../src/events/webhooks/signature.js';
import { codePoint } from '../lib/http1/code-point.js';
import { hmac, OTHER_SECRET, SECRET, signatureOf } from './delivery.js';

const T = 1_732_526_080;
const BODY = '{"foo":"bar"}';
const V1 = '6532d4777122acc32cd388763fc0c0ba8732698d09cf99eea086e5a86f8d3ebe';
const header = `t=${T},v1=${V1}`;

/** Whether a header stands for the body. */
function accepts(given: string, body: string | Uint8Array, secrets = [SECRET]): boolean {
  const signature = parseSignature(given);
  return signature !== undefined && isSignedBy(secrets, signature, Buffer.from(body));
}

test("the API's own test vector is accepted", () => {
  expect(parseSignature(header)).toEqual({ timestamp: String(T), candidates: [Buffer.from(V1, 'hex')] });
  expect(accepts(header, BODY)).toBe(true);
});

test('the key is the text of the secret, not what it encodes', () => {
  const decoded = Buffer.from(SECRET, 'base64').toString('latin1');
  expect(accepts(`t=${T},v1=${hmac(decoded, T, BODY)}`, BODY)).toBe(false);
});

describe('The header', () => {
  test.each([
    ['in another order', `v1=${V1},t=${T}`],
    ['with spaces', ` t=${T} , v1=${V1} `],
    ['in capitals', `t=${T},v1=${V1.toUpperCase()}`],
    ['with a later scheme', `t=${T},v0=abc,v1=${V1},v2=xyz=`],
    ['with a signature that another secret has made', `t=${T},v1=${'0'.repeat(64)},v1=${V1}`],
    ['with a signature of another length', `t=${T},v1=00,v1=${V1}`],
  ])('%s is accepted', (_how, given) => {
    expect(accepts(given, BODY)).toBe(true);
  });

  test.each([
    ['empty', ''],
    ['without a time', `v1=${V1}`],
    ['without a signature', `t=${T}`],
    ['with two times', `t=${T},t=${T},v1=${V1}`],
    ['with the same header twice', `${header}, ${header}`],
    ['with a time of words', `t=now,v1=${V1}`],
    ['with a negative time', `t=-5,v1=${V1}`],
    ['with a fraction', `t=${T}.5,v1=${V1}`],
    ['with a time in another notation', `t=1e9,v1=${V1}`],
    ['with an endless time', `t=${'9'.repeat(400)},v1=${V1}`],
    ['with a signature that is too short', `t=${T},v1=${V1.slice(2)}`],
    ['with a signature that is too long', `t=${T},v1=${V1}00`],
    ['with a signature that is not hexadecimal', `t=${T},v1=${'g'.repeat(64)}`],
    ['with another name', `t=${T},V1=${V1}`],
    ['with a semicolon', `t=${T};v1=${V1}`],
  ])('%s is rejected', (_how, given) => {
    expect(parseSignature(given)).toBeUndefined();
  });

  test('never makes the parser throw', () => {
    const part = fc.oneof(fc.string(), fc.constantFrom('t=', 'v1=', ',', '=', String(T), V1, ' '));
    const text = fc.oneof(
      fc.string({ unit: codePoint }),
      fc.array(part).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (given) => {
        const signature = parseSignature(given);
        if (signature === undefined) return;
        expect(signature.timestamp).toMatch(/^\d{1,12}$/);
        expect(signature.candidates.every(({ length }) => length === 32)).toBe(true);
        // Nothing but the header that was signed is accepted, and this one was not.
        if (!given.includes(V1)) expect(isSignedBy([SECRET], signature, Buffer.from(BODY))).toBe(false);
      }),
    );
  });
});

describe('A signature', () => {
  const bytes = fc.uint8Array({ maxLength: 200 });
  const seconds = fc.nat(4_000_000_000);
  const secret = fc.base64String({ minLength: 24, maxLength: 64 });

  test('stands for exactly the bytes, the time and the secret that made it', () => {
    fc.assert(
      fc.property(bytes, bytes, seconds, seconds, secret, secret, (body, body2, at, at2, key, key2) => {
        const v1 = hmac(key, at, body);
        expect(accepts(`t=${at},v1=${v1}`, body, [key])).toBe(true);
        expect(accepts(`t=${at},v1=${v1}`, body, [key2, key])).toBe(true);
        expect(accepts(`t=${at},v1=${v1}`, body, [key2])).toBe(key === key2);
        expect(accepts(`t=${at2},v1=${v1}`, body, [key])).toBe(at === at2);
        expect(accepts(`t=${at},v1=${v1}`, body2, [key])).toBe(Buffer.compare(body, body2) === 0);
      }),
    );
  });

  test('with one bit changed is rejected', () => {
    fc.assert(
      fc.property(bytes, seconds, fc.nat(255), (body, at, bit) => {
        const changed = Buffer.from(hmac(SECRET, at, body), 'hex');
        changed[bit >> 3]! ^= 1 << (bit & 7);
        expect(accepts(`t=${at},v1=${changed.toString('hex')}`, body)).toBe(false);
      }),
    );
  });

  test('of any of the secrets counts, and of no other', () => {
    const mine = signatureOf(BODY, SECRET);
    expect(accepts(mine, BODY, [SECRET, OTHER_SECRET])).toBe(true);
    expect(accepts(mine, BODY, [OTHER_SECRET, SECRET])).toBe(true);
    expect(accepts(mine, BODY, [OTHER_SECRET])).toBe(false);
    expect(accepts(mine, BODY, [])).toBe(false);
  });

  test.each([
    [0, true],
    [300_000, true],
    [300_001, false],
    [-300_000, true],
    [-300_001, false],
    [Number.MAX_SAFE_INTEGER, false],
  ])('that is %s ms old is fresh: %s', (age, expected) => {
    expect(isFresh(parseSignature(header)!, T * 1000 + age)).toBe(expected);
  });
});
