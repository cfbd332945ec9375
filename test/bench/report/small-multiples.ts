import { significant } from './format.js';

/** A small plot, one of several side by side. */
export interface Panel {
  readonly title: string;
  readonly xLabel: string;
  /** Positive and ascending. */
  readonly xs: readonly number[];
  /** Each line has a positive value for each of `xs`. */
  readonly lines: readonly { readonly name: string; readonly values: readonly number[] }[];
}

const COLUMNS = 2;
const PANEL = { width: 380, height: 300 };
const PLOT = { left: 52, top: 44, width: 310, height: 190 };
const COLORS = ['#0969da', '#bf8700', '#8250df'];

/** Readable in light and dark color schemes. */
const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; }
  .frame { fill: none; stroke: #8c959f; }
  .linear { stroke: #8c959f; stroke-dasharray: 4 4; }
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3; } .frame, .linear { stroke: #6e7681; } }
`;

/**
 * Draws panels in two columns with logarithmic axes: linear growth is parallel to the dashed line, constant cost
 * is flat.
 */
export function smallMultiples(panels: readonly Panel[]): string {
  const width = COLUMNS * PANEL.width;
  const height = Math.ceil(panels.length / COLUMNS) * PANEL.height;
  const drawn = panels.map((panel, index) => {
    const x = (index % COLUMNS) * PANEL.width;
    const y = Math.floor(index / COLUMNS) * PANEL.height;
    return `<g transform="translate(${x} ${y})">\n${drawPanel(panel, index)}\n</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">`,
    `<style>${STYLE}</style>`,
    ...drawn,
    '</svg>\n',
  ].join('\n');
}

function drawPanel({ title, xLabel, xs, lines }: Panel, index: number): string {
  const all = lines.flatMap(({ values }) => values);
  const { left, top, width, height } = PLOT;
  const toX = scale(Math.min(...xs), Math.max(...xs), left, left + width);
  const toY = scale(Math.min(...all) / 1.3, Math.max(...all) * 1.3, top + height, top);
  const labels = [Math.min(...all), Math.max(...all)];
  return [
    `<text class="title" x="${left}" y="18">${title}</text>`,
    ...lines.map(({ name }, line) => legend(name, line)),
    `<clipPath id="plot-${index}"><rect x="${left}" y="${top}" width="${width}" height="${height}"/></clipPath>`,
    `<rect class="frame" x="${left}" y="${top}" width="${width}" height="${height}"/>`,
    linear(xs, labels, toX, toY, index),
    ...xs.map((x) => `<text x="${fixed(toX(x))}" y="${top + height + 16}" text-anchor="middle">${x}</text>`),
    ...labels.map(
      (y) => `<text x="${left - 6}" y="${fixed(toY(y) + 4)}" text-anchor="end">${significant(y)}</text>`,
    ),
    `<text x="${left + width / 2}" y="${top + height + 34}" text-anchor="middle">${xLabel}</text>`,
    ...lines.map(({ values }, line) => drawnLine(xs, values, line, toX, toY)),
  ].join('\n');
}

/** Draws linear growth from the lowest point. */
function linear(
  xs: readonly number[],
  [least = 1]: readonly number[],
  toX: Scale,
  toY: Scale,
  index: number,
): string {
  const [from, to] = [Math.min(...xs), Math.max(...xs)];
  const end = (least * to) / from;
  return (
    `<line class="linear" clip-path="url(#plot-${index})" x1="${fixed(toX(from))}" y1="${fixed(toY(least))}" ` +
    `x2="${fixed(toX(to))}" y2="${fixed(toY(end))}"/>`
  );
}

function legend(name: string, line: number): string {
  return `<text x="${PLOT.left + line * 105}" y="36"><tspan fill="${colorOf(line)}">●</tspan> ${name}</text>`;
}

function drawnLine(
  xs: readonly number[],
  values: readonly number[],
  line: number,
  toX: Scale,
  toY: Scale,
): string {
  const points = xs.map((x, index) => `${fixed(toX(x))},${fixed(toY(values[index] ?? NaN))}`);
  const color = colorOf(line);
  return [
    `<polyline points="${points.join(' ')}" fill="none" stroke="${color}" stroke-width="2"/>`,
    ...points.map((point) => {
      const [x = '', y = ''] = point.split(',');
      return `<circle cx="${x}" cy="${y}" r="3" fill="${color}"/>`;
    }),
  ].join('\n');
}

type Scale = (value: number) => number;

function scale(least: number, most: number, from: number, to: number): Scale {
  const span = Math.log(most / least);
  return (value) => from + (Math.log(value / least) / span) * (to - from);
}

function colorOf(line: number): string {
  return COLORS[line % COLORS.length] ?? 'gray';
}

function fixed(value: number): string {
  return value.toFixed(1);
}
