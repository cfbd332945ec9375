import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readJson, type JsonCursor, type JsonReader } from '../../../src/lib/json/read-json.js';

/** Reads any value with the methods of the cursor. */
function anything(json: JsonCursor): unknown {
  switch (String.fromCharCode(json.view.getUint8(json.at))) {
    case '{': {
      const object = {};
      for (let more = json.openObject(); more; more = json.nextProperty()) {
        const property = {
          value: undefined as unknown,
          writable: true,
          enumerable: true,
          configurable: true,
        };
        const name = json.name();
        property.value = anything(json);
        Object.defineProperty(object, name, property);
      }
      return object;
    }
    case '[':
      return json.array(anything);
    case '"':
      return json.string();
    case 't':
    case 'f':
      return json.boolean();
    case 'n':
      json.null();
      return null;
    default:
      return json.number(-Infinity, Infinity);
  }
}

function skip(json: JsonCursor): string {
  json.skip();
  return 'skipped';
}

/** Wrapped in an object to distinguish null from failure. */
function wrappedValue(json: JsonCursor): unknown {
  return { value: json.value() };
}

function parse(bytes: Buffer): unknown {
  try {
    return { value: JSON.parse(bytes.toString()) as unknown };
  } catch {
    return 'invalid';
  }
}

function readBytes<T>(bytes: Buffer, reader: JsonReader<T>): T | undefined {
  return readJson(bytes.toString('latin1'), reader);
}

function read(bytes: Buffer): unknown {
  const value = readBytes(bytes, anything);
  return value === undefined ? 'invalid' : { value };
}

/** Expects the value of `JSON.parse`, or that both reject the text. */
function expectLikeParse(bytes: Buffer): void {
  const expected = parse(bytes);
  expect([bytes.toString(), read(bytes)]).toEqual([bytes.toString(), expected]);
  expect(readBytes(bytes, skip)).toBe(expected === 'invalid' ? undefined : 'skipped');
  expect(readBytes(bytes, wrappedValue) ?? 'invalid').toEqual(expected);
}

const NUMBERS = [
  ...['0', '-0', '7', '-7', '10', '0.5', '-0.25', '1.10', '123456789012345', '0.12345678901234', '99.99'],
  ...[
    '1234567890123456',
    '9007199254740993',
    '0.30000000000000004',
    '1e3',
    '1E+3',
    '-2.5e-7',
    '1e400',
    '5e-324',
  ],
  ...[
    '00',
    '01',
    '-01',
    '-',
    '+1',
    '.5',
    '1.',
    '-.5',
    '1.e3',
    '1e',
    '1e+',
    '0x1',
    '1_0',
    'NaN',
    'Infinity',
    '1.2.3',
  ],
];
const STRINGS = [
  ...[
    '""',
    '"a"',
    '"abc"',
    '"abcd"',
    '"abcdefgh"',
    '"Zürich"',
    '"日本 12"',
    '"😀"',
    '"\u007f"',
    '" ~"',
    '"a\u0080"',
  ],
  ...[
    '"\\""',
    '"\\\\"',
    '"ab\\\\"',
    '"\\/\\b\\f\\n\\r\\t"',
    '"\\u00e9"',
    '"\\ud83d\\ude00"',
    '"\\ud83d"',
    '"ü\\n"',
  ],
  ...[
    '"',
    '"\\"',
    '"\\x"',
    '"\\u12"',
    '"\\u12g4"',
    '"a\nb"',
    '"a\tb"',
    '"abcde\u0001"',
    '"\u001f"',
    "'a'",
    '"a""',
    'a',
  ],
];
const LITERALS = [
  'true',
  'false',
  'null',
  'tru',
  'trueish',
  'fals',
  'falsy',
  'nul',
  'nulls',
  'True',
  'undefined',
];
const STRUCTURES = [
  ...[
    '{}',
    '[]',
    '{ }',
    '[ ]',
    '[1,2]',
    '[ 1 , 2 ]',
    '{"a":1}',
    ' { "a" : 1 , "b" : [ ] } ',
    '{\n\t"a":\r\n1}',
  ],
  ...['{"":0}', '{"a":1,"a":2}', '{"__proto__":1}', '{"\\u0061":1}', '{"ü":{"ü":[{}]}}', '[[[]],{"a":{}}]'],
  ...[
    '',
    ' ',
    '{',
    '[',
    '}',
    ']',
    '{]',
    '[}',
    '{"a"}',
    '{"a":}',
    '{a:1}',
    '{"a":1,}',
    '[1,]',
    '[,1]',
    '{,}',
    '[1 2]',
  ],
  ...[
    '{"a":1 "b":2}',
    '{"a" 1}',
    '{"a"::1}',
    '[1],',
    '[1] [2]',
    '{}x',
    '[]//',
    '\u00a0[]',
    '\ufeff[]',
    '[\f]',
    '{1:2}',
  ],
];

describe('readJson reads and rejects what `JSON.parse` does', () => {
  test.each([...NUMBERS, ...STRINGS, ...LITERALS, ...STRUCTURES])('%j', (text) => {
    for (const around of [text, `[${text}]`, `{"a":${text}}`, `{"a": ${text} , "b":[${text},1]}`]) {
      expectLikeParse(Buffer.from(around));
    }
  });

  test('if bytes are not valid UTF-8', () => {
    for (const bytes of [
      [0xff],
      [0xc3],
      [0xe6, 0x97],
      [0xed, 0xa0, 0x80],
      [0xf0, 0x9f, 0x98],
      [0xc0, 0xa2],
    ]) {
      expectLikeParse(Buffer.concat([Buffer.from('["a'), Buffer.from(bytes), Buffer.from('b",1]')]));
      expectLikeParse(Buffer.concat([Buffer.from('["a'), Buffer.from(bytes), Buffer.from('",1]')]));
      expectLikeParse(Buffer.from(bytes));
    }
  });

  test('whatever was read before', () => {
    const texts = [
      '{"a":"Zürich","b":[1.5,"plain text"]}',
      '["abc',
      '["abc"]',
      '[true',
      '[tru',
      '[12',
      '["\\',
      '["\\',
      '[nul',
    ];
    for (const before of texts) {
      for (const text of texts) {
        expect(readBytes(Buffer.from(before.padEnd(64, '"]}e')), skip)).toBeUndefined();
        expectLikeParse(Buffer.from(text));
      }
    }
  });

  test.each([16 * 1024, 256 * 1024, 2 ** 20])('if the text has about %d bytes', (size) => {
    for (const length of [size - 6, size - 4, size - 3, size, size + 1]) {
      expectLikeParse(Buffer.from(`["${'x'.repeat(length - 4)}"]`));
      expectLikeParse(Buffer.from(`["${'x'.repeat(length - 4)}`));
    }
  });

  test('for random values', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5, stringUnit: 'binary' }), fc.nat(3), (value, indent) => {
        expectLikeParse(Buffer.from(JSON.stringify(value, null, indent)));
      }),
      { numRuns: process.env['CI'] === 'true' ? 500 : 150 },
    );
  });

  test('for randomly broken texts', () => {
    const mark = fc.constantFrom(...Array.from('{}[]",:\\/ \n\t\u00000159.-+eEtfnaü'));
    const change = fc.record({ at: fc.nat(), gone: fc.nat(2), put: fc.string({ unit: mark, maxLength: 3 }) });
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 4 }),
        fc.array(change, { minLength: 1, maxLength: 3 }),
        (value, changes) => {
          const text = changes.reduce((before, { at, gone, put }) => {
            const start = at % (before.length + 1);
            return before.slice(0, start) + put + before.slice(start + gone);
          }, JSON.stringify(value));
          expectLikeParse(Buffer.from(text));
        },
      ),
      { numRuns: process.env['CI'] === 'true' ? 2000 : 600 },
    );
  });
});

describe('readJson returns undefined for', () => {
  const cases: readonly [string, string, (json: JsonCursor) => unknown][] = [
    ['a string instead of a number', '"5"', (json) => json.number()],
    ['a number instead of a string', '5', (json) => json.string()],
    ['a string instead of a boolean', '"true"', (json) => json.boolean()],
    ['an array instead of an object', '[]', (json) => json.openObject()],
    ['an object instead of an array', '{}', (json) => json.array(anything)],
    ['a fraction instead of an integer', '5.5 ', (json) => json.integer(0, 10)],
    ['a number that is too large for a double', '1e400 ', (json) => json.number()],
    ['an integer below the minimum', '-1 ', (json) => json.integer(0, 10)],
    ['an integer above the maximum', '11 ', (json) => json.integer(0, 10)],
    ['a number below the minimum', '-0.1 ', (json) => json.number(0, 10)],
    ['a number above the maximum', '1e2 ', (json) => json.number(0, 10)],
  ];
  test.each(cases)('%s', (_what, text, reader) => {
    expect(readJson(text, reader)).toBeUndefined();
  });

  test('extreme nesting', () => {
    const depth = 1_000_000;
    expect(readJson('['.repeat(depth) + ']'.repeat(depth), skip)).toBeUndefined();
  });
});

test.each(['7', '7.0', '70e-1'])('readJson reads %s as an integer', (text) => {
  expect(readJson(`${text} `, (json) => json.integer(0, 10))).toBe(7);
});

test('readJson throws errors of the reader', () => {
  const error = new TypeError('A bug in the reader');
  const throws = () => {
    throw error;
  };
  expect(() => readJson('{}', throws)).toThrow(error);
});
