import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readJson, type JsonCursor, type JsonReader } from '../../../src/lib/json/read-json.js';

/** Reads whatever stands there with the cursor's methods, as `JSON.parse` would. */
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

function skipped(json: JsonCursor): string {
  json.skip();
  return 'skipped';
}

/** In an object, so that a null is told from nothing. */
function valued(json: JsonCursor): unknown {
  return { value: json.value() };
}

function parse(bytes: Buffer): unknown {
  try {
    return { value: JSON.parse(bytes.toString()) as unknown };
  } catch {
    return 'no JSON';
  }
}

function readBytes<T>(bytes: Buffer, reader: JsonReader<T>): T | undefined {
  return readJson(bytes.toString('latin1'), reader);
}

function read(bytes: Buffer): unknown {
  const value = readBytes(bytes, anything);
  return value === undefined ? 'no JSON' : { value };
}

/** Both must make the same of the text: the same value, or none. */
function expectLikeParse(bytes: Buffer): void {
  const expected = parse(bytes);
  expect([bytes.toString(), read(bytes)]).toEqual([bytes.toString(), expected]);
  expect(readBytes(bytes, skipped)).toBe(expected === 'no JSON' ? undefined : 'skipped');
  expect(readBytes(bytes, valued) ?? 'no JSON').toEqual(expected);
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

describe('A JSON text is read as by `JSON.parse`, or not at all', () => {
  test.each([...NUMBERS, ...STRINGS, ...LITERALS, ...STRUCTURES])('%j', (text) => {
    for (const around of [text, `[${text}]`, `{"a":${text}}`, `{"a": ${text} , "b":[${text},1]}`]) {
      expectLikeParse(Buffer.from(around));
    }
  });

  test('where its bytes are no UTF-8', () => {
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

  test('whatever has been read before it', () => {
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
        expect(readBytes(Buffer.from(before.padEnd(64, '"]}e')), skipped)).toBeUndefined();
        expectLikeParse(Buffer.from(text));
      }
    }
  });

  test.each([16 * 1024, 256 * 1024, 2 ** 20])(
    'where it is larger than %d bytes, or just as large',
    (size) => {
      for (const length of [size - 6, size - 4, size - 3, size, size + 1]) {
        expectLikeParse(Buffer.from(`["${'x'.repeat(length - 4)}"]`));
        expectLikeParse(Buffer.from(`["${'x'.repeat(length - 4)}`));
      }
    },
  );

  test('whatever is in it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5, stringUnit: 'binary' }), fc.nat(3), (value, indent) => {
        expectLikeParse(Buffer.from(JSON.stringify(value, null, indent)));
      }),
      { numRuns: 500 },
    );
  });

  test('and whatever has become of it', () => {
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
      { numRuns: 2000 },
    );
  });
});

describe('What is not as its reader knows it is not read', () => {
  const cases: readonly [string, string, (json: JsonCursor) => unknown][] = [
    ['a text for a number', '"5"', (json) => json.number()],
    ['a number for a text', '5', (json) => json.string()],
    ['a text for a boolean', '"true"', (json) => json.boolean()],
    ['a list for an object', '[]', (json) => json.openObject()],
    ['an object for a list', '{}', (json) => json.array(anything)],
    ['a fraction for an integer', '5.5 ', (json) => json.integer(0, 10)],
    ['a number that is too large', '1e400 ', (json) => json.number()],
    ['an integer below its least', '-1 ', (json) => json.integer(0, 10)],
    ['an integer above its greatest', '11 ', (json) => json.integer(0, 10)],
    ['a number below its least', '-0.1 ', (json) => json.number(0, 10)],
    ['a number above its greatest', '1e2 ', (json) => json.number(0, 10)],
  ];
  test.each(cases)('%s', (_what, text, reader) => {
    expect(readJson(text, reader)).toBeUndefined();
  });

  test.each(['7', '7.0', '70e-1'])('but %s is an integer', (text) => {
    expect(readJson(`${text} `, (json) => json.integer(0, 10))).toBe(7);
  });

  test('nesting without end', () => {
    const depth = 1_000_000;
    expect(readJson('['.repeat(depth) + ']'.repeat(depth), skipped)).toBeUndefined();
  });

  test('an error of the reader is its own', () => {
    const fault = new TypeError('no fault of the text');
    const throws = () => {
      throw fault;
    };
    expect(() => readJson('{}', throws)).toThrow(fault);
  });
});
