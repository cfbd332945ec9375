import type { OperationRequest } from './operation-request.js';
import { RequestError } from './request-error.js';
import { countValues } from './variable-values.js';

/** Limits on what one request may contain. Parsed JSON can take twenty times the memory of its text. */
export interface RequestLimits {
  /** The most values in the variables, those inside lists and objects included. */
  readonly maxVariableValues: number;
}

/** Clients send a hash, and at most some data for tracing. */
const MAX_EXTENSION_VALUES = 200;

/** @throws {RequestError} 400, naming what is too large */
export function requireFewValues(operation: OperationRequest, { maxVariableValues }: RequestLimits): void {
  const { variables, extensions } = operation;
  if (variables !== undefined && countValues(variables, maxVariableValues) > maxVariableValues) {
    throw new RequestError(
      400,
      `The variables have more than ${maxVariableValues} values, those inside lists and objects included. No more are allowed (MAX_VARIABLE_VALUES).`,
    );
  }
  if (extensions !== undefined && countValues(extensions, MAX_EXTENSION_VALUES) > MAX_EXTENSION_VALUES) {
    throw new RequestError(
      400,
      `\`extensions\` has more than ${MAX_EXTENSION_VALUES} values, those inside lists and objects included. No more are allowed.`,
    );
  }
}
