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

/** What is the same for all executions of an operation. */
export interface Operation {
  readonly schema: GraphQLSchema;
  readonly definition: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
}

export type VariableValues = Readonly<Record<string, unknown>>;

/** What a field, or an item of a list, is to give. */
export interface Slot {
  readonly nodes: readonly FieldNode[];
  /** Whether an error stops here; it goes on to what is around otherwise. */
  readonly nullable: boolean;
  readonly complete: Complete;
  readonly shape: Shape;
}

/** What of the values of a slot can be completed by code that is made for them: those that are as expected. */
export type Shape =
  | { readonly kind: 'leaf'; readonly type: GraphQLLeafType }
  | { readonly kind: 'object'; readonly plan: () => ObjectPlan }
  | { readonly kind: 'list'; readonly item: Slot }
  | { readonly kind: 'other' };

/**
 * Makes what a resolver gave into what the response holds (GraphQL, 6.4.3).
 *
 * @param value no promise
 * @param path where the value is
 * @param field the path of its field, which is another one for items of lists
 * @returns the value, or something `Pending`
 * @throws whatever is wrong with the value; where it happened is not in it yet
 */
export type Complete = (
  execution: Execution,
  value: unknown,
  path: ResponsePath,
  field: ResponsePath,
) => unknown;

/** What is selected of the objects of one type at one place of the document. */
export interface ObjectPlan {
  /**
   * @param path of the object; undefined for the root
   * @returns the object, or something `Pending`
   * @throws {GraphQLError} of a field that cannot be null
   */
  execute: (execution: Execution, source: unknown, path: ResponsePath | undefined) => unknown;
}

/** The plan of what the nodes of a field select of a type. */
export type PlanOf = (type: GraphQLObjectType, nodes: readonly FieldNode[]) => ObjectPlan;

/** An answer still to come. */
export interface Answer {
  /** Gives nothing but the errors so far, and this one. */
  abort(thrown: unknown): void;
}

/** One operation under way: what all of its fields share, and the errors so far. */
export class Execution {
  /** Undefined as long as nothing has failed. */
  errors: GraphQLError[] | undefined = undefined;
  /** Whether there is an object that fails only when its other fields have settled. */
  failsLate = false;
  private failedAt: Set<ResponsePath | undefined> | undefined = undefined;
  /** Where execution itself fails, this is told. Undefined until something is pending, or where it has been answered. */
  answer: Answer | undefined = undefined;

  constructor(
    readonly operation: Operation,
    readonly contextValue: unknown,
    readonly variableValues: VariableValues,
  ) {}

  /**
   * Runs it after so many turns of the microtask queue: at once after none. Nobody stands around it then to catch what it
   * throws, which would end the process: it ends this operation, and no other.
   */
  inSteps(count: number, run: () => void): void {
    if (count === 0) {
      run();
      return;
    }
    queueMicrotask(() => {
      try {
        this.inSteps(count - 1, run);
      } catch (thrown) {
        this.answer?.abort(thrown);
      }
    });
  }

  /**
   * What becomes of a slot where something was thrown: null, with the error in the response.
   *
   * @param raw whatever was thrown
   * @throws {GraphQLError} where the slot cannot be null: the error is that of what is around it
   */
  fail(slot: Slot, path: ResponsePath, raw: unknown): null {
    const error = located(slot, path, raw);
    if (!slot.nullable) throw error;
    this.add(error, path);
    return null;
  }

  /**
   * Takes an error into the response, unless what is around has failed before.
   *
   * @param path undefined for the response as a whole
   */
  add(error: GraphQLError, path: ResponsePath | undefined): void {
    this.failedAt ??= new Set();
    this.errors ??= [];
    if (hasFailedAround(path, this.failedAt)) return;
    this.failedAt.add(path);
    this.errors.push(error);
  }
}

/** What was thrown, as the error of a slot. One that has its place already keeps it. */
export function located({ nodes }: Slot, path: ResponsePath, raw: unknown): GraphQLError {
  return locatedError(raw, nodes, responsePathAsArray(path));
}

function hasFailedAround(start: ResponsePath | undefined, failedAt: ReadonlySet<ResponsePath | undefined>) {
  for (let path = start; path !== undefined; path = path.prev) if (failedAt.has(path)) return true;
  return failedAt.has(undefined);
}
