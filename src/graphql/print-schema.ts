import { writeFileSync } from 'node:fs';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { createSchema } from './schema.js';

/** Usage: `node dist/graphql/print-schema.js <file>`. Writes the schema as SDL, sorted to keep diffs small. */
const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('Usage: print-schema.js <file>');
writeFileSync(file, `${printSchema(lexicographicSortSchema(createSchema()))}\n`);
