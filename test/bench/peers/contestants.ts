import type { Contestant } from './contestant.js';
import { fieldgate, fieldgateNodeFetch } from './fieldgate/contestant.js';
import { proxy } from './proxy/contestant.js';

/** What every other contestant is compared with. */
export const BASELINE = proxy;

/** All, in the order of a report. */
export const CONTESTANTS: readonly Contestant[] = [proxy, fieldgate, fieldgateNodeFetch];
