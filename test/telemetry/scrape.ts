/** Reads what Prometheus would (https://prometheus.io/docs/instrumenting/exposition_formats/). */
import { keep } from '../helpers/audit/write.js';

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"(?:,|$)/g;

export class Scrape {
  readonly samples: readonly Sample[];
  /** The names after `# TYPE`, with their types. */
  readonly types: ReadonlyMap<string, string>;

  constructor(readonly text: string) {
    const lines = text.split('\n').filter((line) => line !== '');
    this.samples = lines.filter((line) => !line.startsWith('#')).map(sampleOf);
    this.types = new Map(
      lines
        .filter((line) => line.startsWith('# TYPE '))
        .map((line) => line.split(' '))
        .map(([, , name = '', type = '']) => [name, type]),
    );
  }

  /** The sum of the samples with this name and, among others, these labels; 0 if there are none. */
  value(name: string, labels: Sample['labels'] = {}): number {
    return this.find(name, labels).reduce((sum, { value }) => sum + value, 0);
  }

  /** The sum of what a selector selects, such as `name` or `name{label="value"}`. */
  sum(selector: string): number {
    const [, name = '', labels = ''] = /^(\w+)(?:\{(.*)\})?$/.exec(selector) ?? [];
    return this.value(name, labelsOf(labels));
  }

  find(name: string, labels: Sample['labels'] = {}): readonly Sample[] {
    return this.samples.filter(
      (sample) =>
        sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
    );
  }
}

/** @param url where it listens, without a path */
export async function scrape(url: string): Promise<Scrape> {
  const response = await fetch(`${url}/metrics`);
  if (response.status !== 200 || !response.headers.get('content-type')?.startsWith('text/plain')) {
    throw new Error(`No metrics: ${response.status} ${await response.text()}`);
  }
  const text = await response.text();
  keep('metrics', text);
  return new Scrape(text);
}

function sampleOf(line: string): Sample {
  const [, name, labels = '', value] = SAMPLE.exec(line) ?? [];
  if (name === undefined) throw new Error(`Not a sample: ${line}`);
  return { name, labels: labelsOf(labels), value: value === 'Nan' ? NaN : Number(value) };
}

function labelsOf(text: string): Sample['labels'] {
  return Object.fromEntries(
    [...text.matchAll(LABEL)].map(([, key = '', value = '']) => [
      key,
      value.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped)),
    ]),
  );
}
