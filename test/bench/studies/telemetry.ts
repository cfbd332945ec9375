import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { measureInRounds } from '../measure/rounds.js';
import { ratioTo, spreadOf } from '../measure/statistics.js';
import { OPERATIONS, type OperationName } from '../operations/operations.js';
import type { Contestant } from '../peers/contestant.js';
import { gateway } from '../peers/fieldgate/contestant.js';
import { startContestant, type Running } from '../peers/running.js';
import { withRange } from '../report/format.js';
import { markdownTable } from '../report/table.js';
import { startUpstream } from '../upstream/upstream.js';
import type { Findings, Study } from './study.js';

const NAMES: readonly OperationName[] = ['run', 'list', 'fanout', 'pause'];
const OFF = 'off';
const METRICS = { METRICS_PORT: '0' };

export const telemetry: Study = {
  name: 'telemetry',
  title: 'Cost of metrics and traces',
  async run(machine, { quick }, log): Promise<Findings> {
    const upstream = await startUpstream(machine);
    const collector = await startCollector();
    const running: Running[] = [];
    for (const each of variants(urlOf(collector)))
      running.push(await startContestant(machine, each, upstream.url));
    const samples = await measureInRounds(
      { machine, upstream },
      running,
      NAMES.map((name) => OPERATIONS[name]),
      quick
        ? { warmUpSeconds: 2, rounds: 2, seconds: 1, connections: 50 }
        : { warmUpSeconds: 8, rounds: 9, seconds: 3, connections: 50 },
      log,
    );
    for (const each of running) await each.close();
    collector.close();
    await upstream.close();
    const spread = (name: OperationName, variant: string) =>
      spreadOf((samples.get(name)?.get(variant) ?? []).map(({ cpuMs }) => cpuMs));
    return {
      sections: [
        {
          heading: 'CPU time per response, relative to neither',
          text: [
            'With `OTEL_EXPORTER_OTLP_ENDPOINT`, each operation has a span for its request, itself and each request to the Demand API,',
            'which are exported in batches to a collector that answers at once. `a tenth` samples one operation in ten. With',
            '`METRICS_PORT`, everything is counted; nothing is scraped meanwhile.',
          ].join(' '),
          table: markdownTable(
            ['telemetry', ...NAMES],
            running.map(({ contestant: { name } }) => [
              name,
              ...NAMES.map((operation) =>
                withRange(ratioTo(spread(operation, OFF), spread(operation, name))),
              ),
            ]),
          ),
        },
      ],
      bounds: [],
    };
  },
};

function variants(otlp: string): readonly Contestant[] {
  const traces = { OTEL_EXPORTER_OTLP_ENDPOINT: otlp };
  const tenth = { ...traces, OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.1' };
  const variant = (name: string, env: Readonly<Record<string, string>>) => gateway(name, name, env);
  return [
    variant(OFF, {}),
    variant('metrics', METRICS),
    variant('traces, a tenth', tenth),
    variant('traces', traces),
    variant('metrics and traces', { ...METRICS, ...traces }),
  ];
}

/** Accepts everything that is exported, on the load's core. */
async function startCollector(): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.setHeader('content-type', 'application/json').end('{}'));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
