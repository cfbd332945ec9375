import { ResponseParser } from './response-parser.js';

const ANSWER = 'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 5\r\nx: y\r\n\r\nhello';

test.each([1, 7, 1000])('parses responses in chunks of %d bytes', (size) => {
  const counter = new ResponseParser();
  const twice: (number | undefined)[] = [];
  for (const text of [ANSWER, ANSWER.replace('503 Service Unavailable', '200 OK')]) {
    for (let from = 0; from < text.length; from += size) {
      twice.push(counter.add(Buffer.from(text.slice(from, from + size))));
    }
  }
  expect(twice.filter((status) => status !== undefined)).toEqual([503, 200]);
});

test('rejects a response without a length', () => {
  expect(() => new ResponseParser().add(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'))).toThrow('no length');
});
