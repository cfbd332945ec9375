import type { Machine } from '../measure/machine.js';

/** Measures one property of the gateway other than its cost relative to peers. */
export interface Study {
  readonly name: string;
  /** Its heading. */
  readonly title: string;
  readonly run: (machine: Machine, options: StudyOptions, log: Log) => Promise<Findings>;
}

export interface StudyOptions {
  /** Whether to finish soon, with less precise results. */
  readonly quick: boolean;
  /** The duration of the soak. */
  readonly minutes: number;
}

/** Receives progress messages. */
export type Log = (what: string) => void;

export interface Findings {
  readonly sections: readonly Section[];
  readonly bounds: readonly Bound[];
  /** An SVG picture. */
  readonly picture?: string;
}

export interface Section {
  readonly heading: string;
  /** Markdown that explains what was done and how to read the table. */
  readonly text: string;
  readonly table: string;
}

/** A condition that must hold. */
export interface Bound {
  /** The bounded quantity with its value and limit. */
  readonly text: string;
  readonly holds: boolean;
}

/** `what` is followed by both numbers and their unit. NaN does not hold. */
export function atMost(what: string, value: number, limit: number, unit = ''): Bound {
  return { text: `${what}: ${formatNumber(value)}${unit}, at most ${limit}${unit}`, holds: value <= limit };
}

export function atLeast(what: string, value: number, limit: number, unit = ''): Bound {
  return { text: `${what}: ${formatNumber(value)}${unit}, at least ${limit}${unit}`, holds: value >= limit };
}

function formatNumber(value: number): string {
  return String(Number(value.toPrecision(3)));
}
