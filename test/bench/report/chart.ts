import type { OperationName } from '../operations/operations.js';
import { significant } from './format.js';
import type { Report } from './markdown.js';

interface Bar {
  readonly name: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
}

const WIDTH = 760;
const LABELS = 160;
const VALUES = 60;
const BAR = 18;
const GAP = 6;
const HEADING = 34;
const SPACE = WIDTH - LABELS - VALUES;

/** Readable in light and dark color schemes. */
const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .heading { font-weight: 600; }
  .bar { fill: #8c959f; }
  .ours { fill: #0969da; }
  .range { stroke: #1f2328; stroke-width: 1.5; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .bar { fill: #6e7681; }
    .ours { fill: #4493f8; }
    .range { stroke: #e6edf3; }
  }
`;

/**
 * Draws bars of CPU time relative to the baseline, grouped by operation with separate scales; a thin line spans
 * the range of the rounds.
 */
export function chart({ baseline, operations }: Report): string {
  const groups = operations.map(({ operation, metrics }) => ({
    heading: headingOf(operation.name, baseline),
    bars: [...metrics].map(([name, { ratio }]) => ({
      name,
      value: ratio.median,
      min: ratio.min,
      max: ratio.max,
    })),
  }));
  const parts: string[] = [];
  let y = 0;
  for (const { heading, bars } of groups) {
    parts.push(`<text class="heading" x="0" y="${y + HEADING - 12}">${heading}</text>`);
    y += HEADING;
    const scale = SPACE / Math.max(...bars.map(({ max }) => max));
    for (const bar of bars) {
      parts.push(drawn(bar, y, scale));
      y += BAR + GAP;
    }
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y + GAP}" width="${WIDTH}" height="${y + GAP}">`,
    `<style>${STYLE}</style>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

function headingOf(operation: OperationName, baseline: string): string {
  return `${operation}: CPU time per response, ${baseline} = 1`;
}

function drawn({ name, value, min, max }: Bar, y: number, scale: number): string {
  const [left, right] = [min, max].map((end) => (LABELS + end * scale).toFixed(1));
  const middle = y + BAR / 2;
  return [
    `<text x="${LABELS - 10}" y="${middle + 4.5}" text-anchor="end">${name}</text>`,
    `<rect class="${name.startsWith('fieldgate') ? 'ours' : 'bar'}" x="${LABELS}" y="${y}" ` +
      `width="${(value * scale).toFixed(1)}" height="${BAR}" rx="2"/>`,
    `<line class="range" x1="${left}" x2="${right}" y1="${middle}" y2="${middle}"/>`,
    `<text x="${LABELS + Math.max(value, max) * scale + 8}" y="${middle + 4.5}">${significant(value)}</text>`,
  ].join('\n');
}
