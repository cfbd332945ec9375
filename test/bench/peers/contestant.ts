import type { Command } from '../measure/machine.js';
import type { Operation, OperationName } from '../operations/operations.js';

/** A program that serves the benchmark's operations from the Demand API, in its own process. */
export interface Contestant {
  readonly name: string;
  /** Its description in reports. */
  readonly title: string;
  /** The folder whose package.json lists its packages. Default: those of the project. */
  readonly packages?: string;
  /** Why it cannot run here, as the end of a sentence; undefined if it can. */
  readonly missing?: () => string | undefined;
  /** Unsupported operations with the reason, as the end of a sentence. Default: none. */
  readonly unsupported?: Readonly<Partial<Record<OperationName, string>>>;
  /** The versions of its packages, or other facts about what was measured. */
  readonly versions: () => Readonly<Record<string, string>>;
  /** Whether it may use all cores. Default: false, only the contestants' core. */
  readonly everyCore?: boolean;
  readonly program: (options: ProgramOptions) => Program | Promise<Program>;
  /** Converts an operation to its request. Default: the operation as it is, at `/graphql`. */
  readonly request?: (operation: Operation) => OperationRequest;
  /** Converts its response to the shape of the gateway's; `account` is the request's. Default: unchanged. */
  readonly translate?: (operation: Operation, response: unknown, account: string) => unknown;
}

export interface ProgramOptions {
  /** The port to listen on, on 127.0.0.1. */
  readonly port: number;
  /** A folder for its files. */
  readonly folder: string;
  /** The REST base URL with its path. */
  readonly upstreamUrl: string;
}

export interface Program {
  readonly command: Command;
  /** Its whole environment except `PATH`. */
  readonly env: Readonly<Record<string, string>>;
}

export interface OperationRequest {
  readonly path: string;
  /** The JSON body, which contains `ACCOUNT`. */
  readonly body: string;
}
