import type { Command } from '../measure/machine.js';
import type { Operation, OperationName } from '../operations/operations.js';

/** A program that answers the benchmark's operations over the Demand API, in a process of its own. */
export interface Contestant {
  readonly name: string;
  /** What it is, for readers of a report. */
  readonly title: string;
  /** The folder whose package.json lists what it needs. Default: nothing but what the project has. */
  readonly packages?: string;
  /** Why it cannot run here, as the end of a sentence; undefined where it can. */
  readonly missing?: () => string | undefined;
  /** Operations that it has no equal for, and why, as the end of a sentence. Default: none. */
  readonly without?: Readonly<Partial<Record<OperationName, string>>>;
  /** Its packages and their versions, or other things that tell what was measured. */
  readonly versions: () => Readonly<Record<string, string>>;
  /** Whether it may use all cores, and not only the contestants'. Default: false. */
  readonly everyCore?: boolean;
  readonly program: (setting: Setting) => Program | Promise<Program>;
  /** How an operation is asked of it. Default: the operation as it is, at `/graphql`. */
  readonly request?: (operation: Operation) => OperationRequest;
  /** Its answer in the shape that the gateway's graph gives it; `account` was asked with. Default: as it is. */
  readonly translate?: (operation: Operation, answer: unknown, account: string) => unknown;
}

export interface Setting {
  /** Where to listen, on 127.0.0.1. */
  readonly port: number;
  /** For files of its own. */
  readonly folder: string;
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
