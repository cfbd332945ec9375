/**
 * The gateway without some parts of its upstream layer, to see what they cost: `WITHOUT` lists their names, with commas. All
 * other settings are those of the gateway.
 */
import { readConfig } from '../../../../src/config.js';
import { keepHeapSmall } from '../../../../src/main/heap.js';
import { startGateway } from '../../../../src/server.js';
import { processSharedState } from '../../../../src/state/shared-state.js';
import { createUpstream, type UpstreamParts } from '../../../../src/upstream/upstream.js';
import { WITHOUT, type PartName } from './parts.js';

keepHeapSmall();
const config = readConfig();
const { url = '' } = config.demandApi;
const names = (process.env['WITHOUT'] ?? '').split(',').filter((name) => name !== '') as PartName[];
const parts = names.reduce<Partial<UpstreamParts>>(
  (others, name) => ({ ...others, ...WITHOUT[name](config) }),
  {},
);
const { jobs } = processSharedState();
const upstream = await createUpstream(config.demandApi, url, Date.now, jobs, parts);
const gateway = await startGateway({ config, upstream });
process.once('SIGTERM', () => void gateway.close().then(() => process.exit(0)));
