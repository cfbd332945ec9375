/** Reads what Prometheus would (https://prometheus.io/docs/instrumenting/exposition_formats/). */

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
  return new Scrape(await response.text());
}

function sampleOf(line: string): Sample {
  const [, name, labels = '', value] = SAMPLE.exec(line) ?? [];
  if (name === undefined) throw new Error(`Not a sample: ${line}`);
  const pairs = [...labels.matchAll(LABEL)].map(([, key = '', text = '']): [string, string] => [
    key,
    text.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped)),
  ]);
  return { name, labels: Object.fromEntries(pairs), value: value === 'Nan' ? NaN : Number(value) };
}
