import { writeFileSync } from 'node:fs';
import { printedSchema } from './printed-schema.js';
import { createSchema } from './schema.js';

/** Usage: `node dist/graphql/print-schema.js <file>`. Writes the schema as SDL. */
const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('Usage: print-schema.js <file>');
writeFileSync(file, printedSchema(createSchema()));
