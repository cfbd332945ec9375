import { hash } from 'node:crypto';
import type { Logger } from '../../telemetry/logger.js';
import { shownName } from '../../telemetry/shown-name.js';
import type { OperationRequest } from '../request/operation-request.js';
import type { SafelistMode } from '../../config/safelist.js';

const MAX_LOGGED = 1000;
/** The name of an operation is looked for in so many characters of its document. */
const MAX_SEARCHED = 1000;
const NAME = /\b(?:query|mutation|subscription)\s+([_A-Za-z]\w*)/;

/** Logs each document that is not in the safelist once, without its text and its variables, which can hold personal data. */
export class UnlistedLog {
  readonly #logger: Logger;
  readonly #mode: SafelistMode;
  readonly #logged = new Set<string>();

  constructor(logger: Logger, mode: SafelistMode) {
    this.#logger = logger;
    this.#mode = mode;
  }

  /** @param key differs between documents that have different tokens */
  take({ query = '', operationName }: OperationRequest, key: string): void {
    if (this.#logged.size > MAX_LOGGED || this.#logged.has(key)) return;
    this.#logged.add(key);
    const mode = this.#mode;
    if (this.#logged.size > MAX_LOGGED) {
      this.#logger.warn(
        { mode },
        `${MAX_LOGGED} documents are not in the safelist. Further ones are not logged.`,
      );
      return;
    }
    const name = operationName ?? NAME.exec(query.slice(0, MAX_SEARCHED))?.[1];
    this.#logger.warn(
      { mode, sha256: hash('sha256', query), operationName: name && shownName(name) },
      'A document is not in the safelist.',
    );
  }
}
