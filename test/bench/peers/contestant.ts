import type { Command } from '../measure/machine.js';
import type { Operation } from '../operations/operations.js';

/** A program that answers the benchmark's operations over the Demand API, in a process of its own. */
export interface Contestant {
  readonly name: string;
  /** What it is, for readers of a report. */
  readonly title: string;
  /** Whether what it needs is installed in `test/bench/node_modules`. Default: false. */
  readonly needsPackages?: boolean;
  /** Why it cannot run here, as the end of a sentence; undefined where it can. */
  readonly missing?: () => string | undefined;
  /** Its packages and their versions, or other things that tell what was measured. */
  readonly versions: () => Readonly<Record<string, string>>;
  readonly program: (setting: Setting) => Program | Promise<Program>;
  /** How an operation is asked of it. Default: the operation as it is, at `/graphql`. */
  readonly request?: (operation: Operation) => OperationRequest;
  /** Its answer in the shape that the gateway's graph gives it. Default: as it is. */
  readonly translate?: (operation: Operation, answer: unknown) => unknown;
}

export interface Setting {
  /** Where to listen, on 127.0.0.1. */
  readonly port: number;
  /** The REST base with its path. */
  readonly upstreamUrl: string;
}

export interface Program {
  readonly command: Command;
  /** All of its environment, but for `PATH`. */
  readonly env: Readonly<Record<string, string>>;
}

export interface OperationRequest {
  readonly path: string;
  /** The JSON to post, with `ACCOUNT` in it. */
  readonly body: string;
}
