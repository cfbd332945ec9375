import { describe, expect, test } from '@jest/globals';
import { isExempt } from '../../src/config/no-proxy.js';

describe('NO_PROXY', () => {
  test.each([
    ['*', 'http://api.example'],
    ['api.example', 'http://api.example'],
    ['API.example', 'http://api.Example'],
    ['api.example.', 'http://api.example'],
    ['api.example', 'http://api.example.'],
    ['example', 'http://api.example'],
    ['.example', 'http://api.example'],
    ['*.example', 'http://deep.api.example'],
    ['.api.example', 'http://api.example'],
    ['api.example:8080', 'http://api.example:8080'],
    ['api.example:80', 'http://api.example'],
    ['api.example:443', 'https://api.example'],
    ['.example:443', 'https://api.example'],
    ['other, ,\tapi.example', 'http://api.example'],
    ['other api.example', 'http://api.example'],
    ['localhost', 'http://localhost:4010'],
    ['127.0.0.1', 'http://127.0.0.1:4010'],
    ['127.0.0.1:4010', 'http://127.0.0.1:4010'],
    ['10.0.0.0/8', 'http://10.20.30.40'],
    ['::1', 'http://[::1]:4010'],
    ['[::1]', 'http://[::1]:4010'],
    ['[::1]:4010', 'http://[::1]:4010'],
    ['0:0:0:0:0:0:0:1', 'http://[::1]'],
    ['fd00::/8', 'http://[fd12::34]'],
  ])('%j exempts %s', (list, url) => {
    expect(isExempt(new URL(url), list)).toBe(true);
  });

  test.each([
    ['', 'http://api.example'],
    [' , ', 'http://api.example'],
    ['.', 'http://api.example'],
    ['pi.example', 'http://api.example'],
    ['api', 'http://api.example'],
    ['other.api.example', 'http://api.example'],
    ['api.example:8080', 'http://api.example'],
    ['api.example:80', 'https://api.example'],
    ['0.0.1', 'http://127.0.0.1'],
    ['127.0.0.1', 'http://localhost'],
    ['localhost', 'http://127.0.0.1'],
    ['11.0.0.0/8', 'http://10.20.30.40'],
    ['10.0.0.0/33', 'http://10.20.30.40'],
    ['10.0.0.0/x', 'http://10.20.30.40'],
    ['fd00::/8', 'http://[fe12::34]'],
    ['::1', 'http://127.0.0.1'],
  ])('%j does not exempt %s', (list, url) => {
    expect(isExempt(new URL(url), list)).toBe(false);
  });
});
