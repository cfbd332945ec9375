/**
 * Compares each piece of `src/lib` with the libraries that it replaces, and measures what demand control costs:
 * `npm run bench:lib`, or `npm run bench:lib -- executor`. Takes about half a minute.
 */
import { costBenchmark } from './cost.js';
import { executorBenchmarks } from './executor.js';
import { createHttp1Benchmark } from './http1.js';
import { jsonBenchmarks } from './json.js';
import { measure } from './measure.js';

const names = process.argv.slice(2);
const http1 = await createHttp1Benchmark();
try {
  for (const benchmark of [...executorBenchmarks, ...jsonBenchmarks, costBenchmark, http1]) {
    if (names.length === 0 || names.includes(benchmark.name))
      console.log(`${benchmark.name}\n\n${await measure(benchmark)}\n`);
  }
} finally {
  await http1.close?.();
}
