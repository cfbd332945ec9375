import { readFile, writeFile } from 'node:fs/promises';
import { UsageError } from '../arguments.js';
import type { Machine } from '../measure/machine.js';
import { measureInRounds, type Samples } from '../measure/rounds.js';
import type { TestBed } from '../measure/sample.js';
import { spreadOf } from '../measure/statistics.js';
import { OPERATIONS, type OperationName } from '../operations/operations.js';
import { sourcePath } from '../paths.js';
import { fieldgate } from '../peers/fieldgate/contestant.js';
import { proxy } from '../peers/proxy/contestant.js';
import { startContestant, type Running } from '../peers/running.js';
import { significant } from '../report/format.js';
import { metricsOf } from '../report/report.js';
import { startUpstream } from '../upstream/upstream.js';
import { CHECK, CHECK_OPERATIONS } from './plans.js';
import { limitOf, readRatios, tooExpensive, type Ratios } from './ratios.js';

const RECORDED = sourcePath('recorded-ratios.json');

/** An operation fails only if it exceeds its limit this many times, because the machine may be busy. */
const TRIES = 3;

/** How often to measure the recorded values, each time with new processes. */
const RECORDINGS = 5;

type Log = (what: string) => void;

/**
 * Compares the gateway's CPU time relative to the proxy with the recorded ratios.
 *
 * @returns whether all operations are within their limits
 * @throws {UsageError} if nothing is recorded
 */
export async function check(machine: Machine, log: Log): Promise<boolean> {
  const recorded = await recordedRatios();
  const [testBed, contestants] = await prepare(machine);
  let operations = CHECK_OPERATIONS;
  for (let attempt = 1; attempt <= TRIES && operations.length > 0; attempt += 1) {
    const ratios = await measureRatios(testBed, contestants, operations);
    for (const name of operations) {
      log(
        `${name}: ${significant(ratios[name])} times the CPU time of ${proxy.name}, ` +
          `recorded ${significant(recorded[name])}, at most ${significant(limitOf(recorded[name]))}`,
      );
    }
    operations = tooExpensive(operations, ratios, recorded);
  }
  for (const name of operations) log(`${name} exceeds its limit in ${TRIES} of ${TRIES} tries.`);
  return operations.length === 0;
}

/** Measures several times, and records the medians. */
export async function record(machine: Machine, log: Log): Promise<void> {
  const runs: Ratios[] = [];
  for (let run = 1; run <= RECORDINGS; run += 1) {
    const [testBed, contestants] = await prepare(machine);
    const ratios = await measureRatios(testBed, contestants, CHECK_OPERATIONS);
    for (const started of [...contestants, testBed.upstream]) await started.close();
    log(
      `${run} of ${RECORDINGS}: ${CHECK_OPERATIONS.map((name) => `${name} ${significant(ratios[name])}`).join(', ')}`,
    );
    runs.push(ratios);
  }
  const medians = CHECK_OPERATIONS.map((name) => {
    const { median } = spreadOf(runs.map((ratios) => ratios[name]));
    return [name, Number(significant(median))] as const;
  });
  await writeFile(RECORDED, `${JSON.stringify(Object.fromEntries(medians), undefined, 2)}\n`);
  log(`Written to ${RECORDED}.`);
}

async function prepare(machine: Machine): Promise<readonly [TestBed, readonly Running[]]> {
  const upstream = await startUpstream(machine);
  const contestants = await Promise.all(
    [proxy, fieldgate].map((contestant) => startContestant(machine, contestant, upstream.url)),
  );
  return [{ machine, upstream }, contestants];
}

async function measureRatios(
  testBed: TestBed,
  contestants: readonly Running[],
  names: readonly OperationName[],
): Promise<Ratios> {
  const operations = names.map((name) => OPERATIONS[name]);
  const samples = await measureInRounds(testBed, contestants, operations, CHECK, () => undefined);
  return Object.fromEntries(names.map((name) => [name, ratioIn(samples, name)])) as Ratios;
}

function ratioIn(samples: Samples, name: OperationName): number {
  const metrics = metricsOf(samples.get(name) ?? new Map<string, never>(), proxy.name).get(fieldgate.name);
  return metrics?.ratio.median ?? NaN;
}

async function recordedRatios(): Promise<Ratios> {
  try {
    return readRatios(await readFile(RECORDED, 'utf8'), CHECK_OPERATIONS);
  } catch (error) {
    throw new UsageError(`${RECORDED} is unusable; write it with --record: ${String(error)}`, {
      cause: error,
    });
  }
}
