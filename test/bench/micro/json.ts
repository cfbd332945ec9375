import { Ajv } from 'ajv';
import { readTargetGroupList } from '../../../src/contract/response-readers.js';
import { responseSchemas } from '../../../src/contract/response-schemas.js';
import { readJson } from '../../../src/lib/json/read-json.js';
import { wholeList } from '../upstream/bodies.js';
import type { Contestant, MicroBenchmark } from './measure.js';

const validate = new Ajv({ strict: false, strictNumbers: true, validateFormats: false })
  .addSchema(responseSchemas, 'demand-api')
  .getSchema('demand-api#/components/schemas/TargetGroupList');

/** A response body arrives as bytes, so each contestant starts with them. */
const bytes = Buffer.from(JSON.stringify(wholeList(100)));

export const jsonBenchmarks: readonly MicroBenchmark[] = [
  {
    name: 'json',
    work: `a list of 100 (${Math.round(bytes.length / 1000)} kB)`,
    contestants: [
      contestant('JSON.parse and Ajv', () => {
        const value: unknown = JSON.parse(bytes.toString());
        return validate?.(value) === true ? value : undefined;
      }),
      contestant('JSON.parse', () => JSON.parse(bytes.toString()) as unknown),
      contestant('src/lib/json', () => readJson(bytes.toString('latin1'), readTargetGroupList)),
    ],
  },
];

function contestant(name: string, read: () => unknown): Contestant {
  return {
    name,
    run(times) {
      for (let left = times; left > 0; left -= 1)
        if (read() === undefined) throw new Error(`${name} failed.`);
    },
  };
}
