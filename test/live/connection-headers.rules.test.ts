import { operationHeaders, withConnectionParams } from '../../src/server/websocket/connection-headers.js';

test('Headers about the connection are not those of its operations', () => {
  expect(
    operationHeaders({
      host: 'a',
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-key': 'k',
      'sec-websocket-protocol': 'p',
      authorization: 'Bearer a',
      'x-name': 'n',
    }),
  ).toEqual({ authorization: 'Bearer a', 'x-name': 'n' });
});

describe('connectionParams', () => {
  test.each<[string, Record<string, unknown> | undefined, Record<string, string>]>([
    ['may be absent', undefined, { 'x-name': 'upgrade' }],
    [
      'complete the headers, in any case',
      { AUTHORIZATION: 'a' },
      { 'x-name': 'upgrade', authorization: 'a' },
    ],
    ['may be nested', { headers: { Authorization: 'a' } }, { 'x-name': 'upgrade', authorization: 'a' }],
    ['count less than headers of the upgrade', { 'X-Name': 'params' }, { 'x-name': 'upgrade' }],
    ['that are no text are ignored', { a: 1, b: { c: 'd' }, headers: 'e' }, { 'x-name': 'upgrade' }],
    ['that no header can have are ignored', { 'a b': 'c', d: 'e\nf' }, { 'x-name': 'upgrade' }],
    ['about the connection are ignored', { Host: 'a', upgrade: 'b' }, { 'x-name': 'upgrade' }],
  ])('%s', (_, params, expected) => {
    expect(withConnectionParams({ 'x-name': 'upgrade' }, params)).toEqual(expected);
  });

  test('change no prototype', () => {
    const params = JSON.parse(
      '{"__proto__":{"authorization":"a"},"headers":{"__proto__":{"a":"b"}}}',
    ) as Record<string, unknown>;
    const headers = withConnectionParams({}, params);
    expect(headers['authorization']).toBeUndefined();
    expect(headers['a']).toBeUndefined();
  });
});
