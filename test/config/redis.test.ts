import { describe, expect, test } from '@jest/globals';
import { readConfig } from '../../src/config.js';
import { configError } from '../helpers/config-error.js';

const redisOf = (url: string) => readConfig({ REDIS_URL: url }).redis;

describe('REDIS_URL', () => {
  test.each([
    [
      'redis://localhost',
      { address: 'redis://localhost:6379/0', host: 'localhost', tls: false, database: 0 },
    ],
    ['redis://localhost/', { database: 0, username: undefined, password: undefined }],
    ['redis://[::1]:7000', { address: 'redis://[::1]:7000/0', host: '::1', port: 7000 }],
    ['rediss://redis.example.com/3', { tls: true, port: 6379, database: 3 }],
    [
      'redis://:planted%20secret@h',
      { address: 'redis://h:6379/0', username: undefined, password: 'planted secret' },
    ],
    ['redis://user:planted@h', { username: 'user', password: 'planted' }],
  ])('%s', (url, expected) => {
    expect(redisOf(url)).toMatchObject(expected);
  });

  test('has a deadline for commands', () => {
    expect(readConfig({ REDIS_URL: 'redis://h', REDIS_TIMEOUT_MS: '50' }).redis?.timeoutMs).toBe(50);
    expect(redisOf('redis://h')?.timeoutMs).toBe(500);
  });

  test.each([
    'localhost:6379',
    'http://user:planted@h',
    'redis://',
    'redis:planted',
    'redis://user:planted@h:99999',
    'redis://user:planted@h/name',
    'redis://user:planted@h/1/2',
    'redis://user:planted@h?db=1',
    'redis://user:planted@h#x',
    'redis://user:planted%zz@h',
    'unix:///planted.sock',
  ])('rejects %s without repeating it', (url) => {
    const message = configError({ REDIS_URL: url });
    expect(message).toMatch(/^REDIS_URL must [^\n]+$/);
    expect(message).not.toContain('planted');
  });
});

describe('WORKERS', () => {
  test('above 1 needs REDIS_URL', () => {
    expect(configError({ WORKERS: '2' })).toMatch(/^WORKERS=2 needs REDIS_URL[^\n]*$/);
    expect(readConfig({ WORKERS: '2', REDIS_URL: 'redis://h' }).workers).toBe(2);
  });

  test('of 1 does not', () => {
    expect(readConfig({ WORKERS: '1' })).toMatchObject({ workers: 1, redis: undefined });
  });
});
