import { expect, test } from '@jest/globals';
import { readConfig } from '../../src/config.js';
import { configError } from '../helpers/config-error.js';

const A = 'FP7UPZpATKBcYJj4va95PYud+a3gCidRERiLO+9MoFE=';
const B = Buffer.alloc(32, 'b').toString('base64');

test.each([
  [undefined, undefined],
  ['', undefined],
  [' ', undefined],
  [A, { secrets: [A] }],
  [`${A},${B}`, { secrets: [A, B] }],
  [` ${A} , ${B} `, { secrets: [A, B] }],
  [`${A},${A}`, { secrets: [A] }],
])('WEBHOOK_SECRET=%p', (value, webhooks) => {
  expect(readConfig({ WEBHOOK_SECRET: value }).webhooks).toEqual(webhooks);
});

test.each([
  [',', 'number 1 is blank'],
  [`${A},`, 'number 2 is blank'],
  [`${A},,${B}`, 'number 2 is blank'],
  [`${A};${B}`, 'number 1 is not base64 text, as the Demand API returns it'],
  [A.slice(0, -1), 'number 1 is not base64 text, as the Demand API returns it'],
  [`${A},planted-secret!`, 'number 2 is not base64 text, as the Demand API returns it'],
  [`"${A}"`, 'number 1 is not base64 text, as the Demand API returns it'],
  ['c2hvcnQ=', 'number 1 has fewer than 16 bytes'],
])('WEBHOOK_SECRET=%p is rejected, and not repeated in the error', (value, fault) => {
  expect(configError({ WEBHOOK_SECRET: value })).toBe(
    `WEBHOOK_SECRET must be the secrets of webhooks, separated by commas: ${fault}`,
  );
});

test('WEBHOOK_SECRET may contain at most 32 secrets, because each costs time', () => {
  const secrets = Array.from({ length: 33 }, (_, nth) => Buffer.alloc(32, nth + 1).toString('base64'));
  expect(readConfig({ WEBHOOK_SECRET: secrets.slice(1).join(',') }).webhooks?.secrets).toHaveLength(32);
  expect(configError({ WEBHOOK_SECRET: secrets.join(',') })).toBe(
    'WEBHOOK_SECRET must have at most 32 secrets',
  );
});
