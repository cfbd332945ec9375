import { writeFileSync } from 'node:fs';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { createSchema } from './schema.js';

/** `node dist/graphql/print-schema.js <file>` writes the schema as SDL, sorted, so that its diffs are the public diff. */
const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('Name the file to write the schema to.');
writeFileSync(file, `${printSchema(lexicographicSortSchema(createSchema()))}\n`);
