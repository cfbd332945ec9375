import { writeFileSync } from 'node:fs';
import { subgraphSdl } from './federation/subgraph-sdl.js';
import { printedSchema } from './printed-schema.js';
import { createSchema } from './schema.js';

/**
 * Usage: `node dist/graphql/print-schema.js <file> [subgraph file]`. Writes the schema as SDL, and as that of a subgraph of
 * Apollo Federation 2.
 */
const [file, subgraphFile] = process.argv.slice(2);
if (file === undefined) throw new Error('Usage: print-schema.js <file> [subgraph file]');
writeFileSync(file, printedSchema(createSchema()));
if (subgraphFile !== undefined) writeFileSync(subgraphFile, subgraphSdl(createSchema()));
