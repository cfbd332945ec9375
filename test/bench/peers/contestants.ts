import type { Contestant } from './contestant.js';
import { fieldgate, fieldgateNodeFetch } from './fieldgate/contestant.js';
import { hive } from './hive/contestant.js';
import { mercurius } from './mercurius/contestant.js';
import { proxy } from './proxy/contestant.js';
import { tailcall } from './tailcall/contestant.js';
import { yoga } from './yoga/contestant.js';

/** The contestant that all others are compared with. */
export const BASELINE = proxy;

/** All contestants in the order of reports. */
export const CONTESTANTS: readonly Contestant[] = [
  proxy,
  fieldgate,
  fieldgateNodeFetch,
  mercurius,
  yoga,
  hive,
  tailcall,
];
