import { expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import * as controlSchemas from '../../src/emulator/control/schemas.js';
import { headerSchema, pathSchema } from '../../src/emulator/http/schemas.js';
import { routes } from '../../src/emulator/routes/table.js';

const schemas: [string, object | undefined][] = [
  ...Object.entries(routes).flatMap(([route, { query, body, needsKey }]): [string, object | undefined][] => [
    [`parameters of ${route}`, pathSchema(route)],
    [`headers of ${route}`, headerSchema(needsKey === true)],
    [`query of ${route}`, query],
    [`body of ${route}`, body],
  ]),
  ...Object.entries(controlSchemas),
];

const ajv = new Ajv();

test.each(schemas.filter(([, schema]) => schema !== undefined))('%s: a valid schema', (_name, schema) => {
  expect([ajv.validateSchema(schema!), ajv.errors]).toEqual([true, null]);
});
