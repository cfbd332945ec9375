import type { OperationType } from './recorder.js';

/** What is learned of an operation while it runs, for those who tell of it when it is over. */
export interface OperationNote {
  /** Undefined until the document has been validated, or if the operation has no name. */
  name?: string | undefined;
  /** Undefined until the document has been validated. */
  type?: OperationType;
  /** Counts the REST calls of the operation. */
  calls?: { readonly callsMade: number };
}
