import { readFile, writeFile } from 'node:fs/promises';
import { UsageError } from '../arguments.js';
import type { Machine } from '../measure/machine.js';
import { measureInRounds, type Samples } from '../measure/rounds.js';
import type { Stage } from '../measure/sample.js';
import { spreadOf } from '../measure/statistics.js';
import { OPERATIONS, type OperationName } from '../operations/operations.js';
import { sourcePath } from '../paths.js';
import { fieldgate } from '../peers/fieldgate/contestant.js';
import { proxy } from '../peers/proxy/contestant.js';
import { startContestant, type Running } from '../peers/running.js';
import { significant } from '../report/figures.js';
import { figuresOf } from '../report/report.js';
import { startUpstream } from '../upstream/upstream.js';
import { CHECK, CHECK_OPERATIONS } from './plans.js';
import { limitOf, readRatios, tooExpensive, type Ratios } from './ratios.js';

const RECORDED = sourcePath('recorded-ratios.json');

/** How often an operation may be too expensive before that counts: a machine is busy with other things now and then. */
const TRIES = 3;

/** How often to measure what is recorded, each time with new processes. */
const RECORDINGS = 5;

type Told = (what: string) => void;

/**
 * Compares what the gateway costs in terms of the proxy with what is recorded.
 *
 * @returns whether no operation has become too expensive
 * @throws {UsageError} where nothing is recorded
 */
export async function check(machine: Machine, told: Told): Promise<boolean> {
  const recorded = await recordedRatios();
  const [stage, contestants] = await prepared(machine);
  let operations = CHECK_OPERATIONS;
  for (let attempt = 1; attempt <= TRIES && operations.length > 0; attempt += 1) {
    const ratios = await measured(stage, contestants, operations);
    for (const name of operations) {
      told(
        `${name}: ${significant(ratios[name])} times the CPU time of ${proxy.name}, ` +
          `recorded ${significant(recorded[name])}, at most ${significant(limitOf(recorded[name]))}`,
      );
    }
    operations = tooExpensive(operations, ratios, recorded);
  }
  for (const name of operations) told(`${name} costs too much: ${TRIES} tries out of ${TRIES}.`);
  return operations.length === 0;
}

/** Measures what a check measures several times, and records the medians. */
export async function record(machine: Machine, told: Told): Promise<void> {
  const runs: Ratios[] = [];
  for (let run = 1; run <= RECORDINGS; run += 1) {
    const [stage, contestants] = await prepared(machine);
    const ratios = await measured(stage, contestants, CHECK_OPERATIONS);
    for (const started of [...contestants, stage.upstream]) await started.close();
    told(
      `${run} of ${RECORDINGS}: ${CHECK_OPERATIONS.map((name) => `${name} ${significant(ratios[name])}`).join(', ')}`,
    );
    runs.push(ratios);
  }
  const medians = CHECK_OPERATIONS.map((name) => {
    const { median } = spreadOf(runs.map((ratios) => ratios[name]));
    return [name, Number(significant(median))] as const;
  });
  await writeFile(RECORDED, `${JSON.stringify(Object.fromEntries(medians), undefined, 2)}\n`);
  told(`Written to ${RECORDED}.`);
}

async function prepared(machine: Machine): Promise<readonly [Stage, readonly Running[]]> {
  const upstream = await startUpstream(machine);
  const contestants = await Promise.all(
    [proxy, fieldgate].map((contestant) => startContestant(machine, contestant, upstream.url)),
  );
  return [{ machine, upstream }, contestants];
}

async function measured(
  stage: Stage,
  contestants: readonly Running[],
  names: readonly OperationName[],
): Promise<Ratios> {
  const operations = names.map((name) => OPERATIONS[name]);
  const samples = await measureInRounds(stage, contestants, operations, CHECK, () => undefined);
  return Object.fromEntries(names.map((name) => [name, ratioIn(samples, name)])) as Ratios;
}

function ratioIn(samples: Samples, name: OperationName): number {
  const figures = figuresOf(samples.get(name) ?? new Map<string, never>(), proxy.name).get(fieldgate.name);
  return figures?.ratio.median ?? NaN;
}

async function recordedRatios(): Promise<Ratios> {
  try {
    return readRatios(await readFile(RECORDED, 'utf8'), CHECK_OPERATIONS);
  } catch (error) {
    throw new UsageError(`${RECORDED} cannot be used, write it with --record: ${String(error)}`, {
      cause: error,
    });
  }
}
