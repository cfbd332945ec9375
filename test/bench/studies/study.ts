import type { Machine } from '../measure/machine.js';

/** Measures one property of the gateway, beyond what it costs beside peers. */
export interface Study {
  readonly name: string;
  /** What it shows, as a heading. */
  readonly title: string;
  readonly run: (machine: Machine, options: StudyOptions, told: Told) => Promise<Findings>;
}

export interface StudyOptions {
  /** Whether to be done soon, with figures that say less. */
  readonly quick: boolean;
  /** How long the soak takes. */
  readonly minutes: number;
}

/** What is done at the moment, for whoever waits. */
export type Told = (what: string) => void;

export interface Findings {
  readonly sections: readonly Section[];
  readonly bounds: readonly Bound[];
  /** An SVG picture. */
  readonly picture?: string;
}

export interface Section {
  readonly heading: string;
  /** In Markdown: what was done, and what is to be known for reading the table. */
  readonly text: string;
  readonly table: string;
}

/** Something that has to hold. */
export interface Bound {
  /** What is bounded, with what was measured and the limit, for people. */
  readonly what: string;
  readonly holds: boolean;
}

/** `what` is told with both figures and their unit. A value that is no number does not hold. */
export function atMost(what: string, value: number, limit: number, unit = ''): Bound {
  return { what: `${what}: ${told(value)}${unit}, at most ${limit}${unit}`, holds: value <= limit };
}

export function atLeast(what: string, value: number, limit: number, unit = ''): Bound {
  return { what: `${what}: ${told(value)}${unit}, at least ${limit}${unit}`, holds: value >= limit };
}

function told(value: number): string {
  return String(Number(value.toPrecision(3)));
}
