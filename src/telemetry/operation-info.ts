import type { OperationType } from './recorder.js';

/** What becomes known of an operation while it runs, for its metric, span and log line. */
export interface OperationInfo {
  /** Undefined until the document has been validated, or if the operation has no name. */
  name?: string | undefined;
  /** Undefined until the document has been validated. */
  type?: OperationType;
  /** Counts the REST calls of the operation. */
  calls?: { readonly callsMade: number };
}
