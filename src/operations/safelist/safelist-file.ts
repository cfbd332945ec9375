import { constants } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import type { BigIntStats } from 'node:fs';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from '../../telemetry/logger.js';
import type { DocumentLimits } from '../documents/document-limits.js';
import { documentsIn } from './manifest.js';
import { Safelist, type Unusable } from './safelist.js';
import { SafelistError } from './safelist-error.js';

export interface SafelistFileOptions {
  readonly path: string;
  /** How often to check whether the file has changed. */
  readonly pollMs: number;
  readonly schema: GraphQLSchema;
  readonly limits: DocumentLimits;
  readonly logger: Logger;
}

const MIB = 1024 * 1024;
const MAX_BYTES = 10 * MIB;
/** The most invalid documents that are logged. */
const MAX_NAMED = 10;

/**
 * A safelist that is reloaded when its file changes. It polls the file, because that works with editors, `rename`, the symbolic
 * links of Kubernetes ConfigMaps, and network file systems, which report no changes.
 */
export class SafelistFile {
  readonly #options: SafelistFileOptions;
  readonly #timer: NodeJS.Timeout;
  #current: Safelist;
  /** The state of the file that was read last. */
  #read: string;
  /** The state of the file at the last check. */
  #seen: string;
  #isChecking = false;
  #isClosed = false;

  private constructor(options: SafelistFileOptions, { safelist, state }: Loaded) {
    this.#options = options;
    this.#current = safelist;
    this.#read = state;
    this.#seen = state;
    this.#timer = setInterval(() => void this.#check(), options.pollMs).unref();
  }

  /** @throws {SafelistError} if there is no such file, or it cannot be used */
  static async open(options: SafelistFileOptions): Promise<SafelistFile> {
    return new SafelistFile(options, await load(options));
  }

  /** The safelist of the last state of the file that could be used. */
  get current(): Safelist {
    return this.#current;
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
  }

  /**
   * Reads the file again when it has changed, but not since the previous check: otherwise it may still be being written.
   */
  async #check(): Promise<void> {
    if (this.#isChecking) return;
    this.#isChecking = true;
    try {
      const state = await stateOf(this.#options.path);
      if (state !== this.#read && state === this.#seen) await this.#reload(state);
      this.#seen = state;
    } finally {
      this.#isChecking = false;
    }
  }

  async #reload(state: string): Promise<void> {
    const { path, logger } = this.#options;
    try {
      const loaded = await load(this.#options);
      this.#read = loaded.state;
      if (!this.#isClosed) this.#current = loaded.safelist;
    } catch (error) {
      this.#read = state;
      const reason = error instanceof SafelistError ? error.message : String(error);
      logger.error({ path, reason }, 'The new safelist cannot be used. The gateway keeps the previous one.');
    }
  }
}

interface Loaded {
  readonly safelist: Safelist;
  /** The state that the file had before it was read. */
  readonly state: string;
}

async function load({ logger, ...options }: SafelistFileOptions): Promise<Loaded> {
  const { path } = options;
  const { safelist, state, count, unusable } = await readSafelist(options);
  logger.info({ path, documents: count }, 'The safelist has been loaded.');
  if (unusable.length > 0) {
    logger.warn(
      { path, count: unusable.length, documents: unusable.slice(0, MAX_NAMED) },
      'Documents of the safelist are not valid for the schema, and will be rejected.',
    );
  }
  return { safelist, state };
}

interface ReadSafelist extends Loaded {
  /** How many documents the file has. */
  readonly count: number;
  /** Those that are not valid for the schema. */
  readonly unusable: readonly Unusable[];
}

/** @throws {SafelistError} if there is no such file, or it cannot be used */
export async function readSafelist({
  path,
  schema,
  limits,
}: Pick<SafelistFileOptions, 'path' | 'schema' | 'limits'>): Promise<ReadSafelist> {
  const { text, state } = await readBounded(path);
  const documents = documentsIn(text);
  const { safelist, unusable } = await Safelist.of(documents, schema, limits);
  return { safelist, state, count: documents.length, unusable };
}

async function readBounded(path: string): Promise<{ readonly text: string; readonly state: string }> {
  let file: FileHandle | undefined;
  try {
    // Reading a pipe would block a thread until something is written to it.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = await file.stat({ bigint: true });
    if (!stats.isFile()) throw new SafelistError('it is not a file');
    if (stats.size > MAX_BYTES) throw new SafelistError(`it has more than ${MAX_BYTES / MIB} MiB`);
    const bytes = Buffer.alloc(Number(stats.size));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    return { text: bytes.toString('utf8', 0, bytesRead), state: describe(stats) };
  } catch (error) {
    if (error instanceof SafelistError) throw error;
    throw new SafelistError(`it cannot be read: ${codeOf(error)}`);
  } finally {
    await file?.close();
  }
}

async function stateOf(path: string): Promise<string> {
  try {
    return describe(await stat(path, { bigint: true }));
  } catch (error) {
    return codeOf(error);
  }
}

/** Differs if the file has been written or replaced. */
function describe({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : String(error);
}
