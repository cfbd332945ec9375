import {
  locatedError,
  responsePathAsArray,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type ResponsePath,
} from 'graphql';

/** An operation with its schema and the fragments of its document. */
export interface Operation {
  readonly schema: GraphQLSchema;
  readonly definition: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
}

export type VariableValues = Readonly<Record<string, unknown>>;

/** A position in the response: a field, or the items of a list. */
export interface Position {
  readonly nodes: readonly FieldNode[];
  /** Whether errors become null here. Otherwise they propagate to the parent (GraphQL, 6.4.4). */
  readonly nullable: boolean;
  readonly complete: CompleteValue;
  readonly shape: Shape;
}

/** The values at a position that generated code completes by itself. */
export type Shape =
  | { readonly kind: 'leaf'; readonly type: GraphQLLeafType }
  | { readonly kind: 'object'; readonly plan: () => ObjectPlan }
  | { readonly kind: 'list'; readonly item: Position }
  | { readonly kind: 'other' };

/**
 * Completes a resolved value (GraphQL, 6.4.3).
 *
 * @param value not a promise
 * @param path the path of the value
 * @param field the path of its field, which differs for list items
 * @returns the completed value, or a `PendingValue`
 * @throws an error without path and locations
 */
export type CompleteValue = (
  execution: Execution,
  value: unknown,
  path: ResponsePath,
  field: ResponsePath,
) => unknown;

/** The fields that one selection set selects of one object type. */
export interface ObjectPlan {
  /**
   * @param path the path of the object; undefined for the root
   * @returns the object, or a `PendingValue`
   * @throws {GraphQLError} if a non-nullable field fails
   */
  execute: (execution: Execution, source: unknown, path: ResponsePath | undefined) => unknown;
}

/** Plans the selections of merged field nodes for one object type. */
export type PlanOf = (type: GraphQLObjectType, nodes: readonly FieldNode[]) => ObjectPlan;

interface PendingResult {
  /** Ends the operation with `data: null`, the errors so far, and this one. */
  abort(thrown: unknown): void;
}

/** One run of an operation: the state that its fields share, and its errors. */
export class Execution {
  /** Undefined until something fails. */
  errors: GraphQLError[] | undefined = undefined;
  private failedPaths: Set<ResponsePath | undefined> | undefined = undefined;
  /** Receives errors of the executor itself. Undefined while execution is synchronous. */
  pendingResult: PendingResult | undefined = undefined;

  constructor(
    readonly operation: Operation,
    readonly contextValue: unknown,
    readonly variableValues: VariableValues,
  ) {}

  /**
   * Handles an error at a position: records it and returns null.
   *
   * @param raw the thrown value
   * @throws {GraphQLError} if the position is not nullable
   */
  fail(position: Position, path: ResponsePath, raw: unknown): null {
    const error = located(position, path, raw);
    if (!position.nullable) throw error;
    this.add(error, path);
    return null;
  }

  /**
   * Records an error, unless a parent has been nulled by an earlier one.
   *
   * @param path the path that becomes null; undefined for `data`
   */
  add(error: GraphQLError, path: ResponsePath | undefined): void {
    this.failedPaths ??= new Set();
    this.errors ??= [];
    if (isInsideFailedPath(path, this.failedPaths)) return;
    this.failedPaths.add(path);
    this.errors.push(error);
  }
}

/** Adds path and locations to a thrown value, unless it has a path already. */
export function located({ nodes }: Position, path: ResponsePath, raw: unknown): GraphQLError {
  return locatedError(raw, nodes, responsePathAsArray(path));
}

function isInsideFailedPath(
  start: ResponsePath | undefined,
  failedPaths: ReadonlySet<ResponsePath | undefined>,
) {
  for (let path = start; path !== undefined; path = path.prev) if (failedPaths.has(path)) return true;
  return failedPaths.has(undefined);
}
