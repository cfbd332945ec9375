import {
  defaultFieldResolver,
  getNullableType,
  isLeafType,
  TypeNameMetaFieldDef,
  type FieldNode,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type ResponsePath,
} from 'graphql';
import { argumentsReader, type ReadArguments } from './arguments.js';
import { positionOf, type PlanContext } from './complete.js';
import type { CompleteValue, Execution, Shape, Position } from './execution.js';
import { PendingValue } from './pending.js';
import { awaitPosition, isPromise } from './promises.js';
import { resolveInfo, fieldPath, propertiesOf, type SelectedField } from './selected-field.js';

/** A planned field. */
export abstract class Field implements SelectedField, Position {
  readonly responseName: string;
  readonly parentType: GraphQLObjectType;
  readonly definition: GraphQLField<unknown, unknown>;
  readonly nodes: readonly FieldNode[];
  readonly node: FieldNode;
  readonly nullable: boolean;
  readonly complete: CompleteValue;
  readonly shape: Shape;

  constructor(selected: SelectedField, context: PlanContext) {
    this.responseName = selected.responseName;
    this.parentType = selected.parentType;
    this.definition = selected.definition;
    this.nodes = selected.nodes;
    this.node = selected.node;
    const position = positionOf(this.definition.type, this, context);
    this.nullable = position.nullable;
    this.complete = position.complete;
    this.shape = position.shape;
  }

  /**
   * Resolves and completes the field.
   *
   * @param parent the path of the object
   * @returns the completed value, or a `PendingValue`
   * @throws {GraphQLError} if the field fails and is not nullable
   */
  abstract run(execution: Execution, source: unknown, parent: ResponsePath | undefined): unknown;

  /** @param result of the resolver or property */
  protected completeResult(execution: Execution, path: ResponsePath, result: unknown): unknown {
    const value = isPromise(result)
      ? awaitPosition(execution, this, path, path, result)
      : this.complete(execution, result, path, path);
    if (value instanceof PendingValue) value.locate(this, path);
    return value;
  }
}

export function fieldOf(selected: SelectedField, context: PlanContext): Field {
  const { definition } = selected;
  if (definition === TypeNameMetaFieldDef) return new TypeNameField(selected, context);
  if (definition.resolve || definition.args.length > 0) return new ResolvedField(selected, context);
  return isLeafType(getNullableType(definition.type))
    ? new LeafField(selected, context)
    : new PropertyField(selected, context);
}

class TypeNameField extends Field {
  run(): string {
    return this.parentType.name;
  }
}

class ResolvedField extends Field {
  private readonly resolve: GraphQLFieldResolver<unknown, unknown>;
  private readonly readArguments: ReadArguments;

  constructor(selected: SelectedField, context: PlanContext) {
    super(selected, context);
    this.resolve = this.definition.resolve ?? defaultFieldResolver;
    this.readArguments = argumentsReader(this.definition, this.node);
  }

  run(execution: Execution, source: unknown, parent: ResponsePath | undefined): unknown {
    const { resolve } = this;
    const path = fieldPath(this, parent);
    try {
      const args = this.readArguments(execution.variableValues);
      const result: unknown = resolve(
        source,
        args,
        execution.contextValue,
        resolveInfo(this, path, execution),
      );
      return this.completeResult(execution, path, result);
    } catch (raw) {
      return execution.fail(this, path, raw);
    }
  }
}

/** A field without a resolver: reads the property of its name, as graphql-js's `defaultFieldResolver` does. */
export class PropertyField extends Field {
  run(execution: Execution, source: unknown, parent: ResponsePath | undefined): unknown {
    let property: unknown;
    try {
      property = propertiesOf(source)[this.definition.name];
    } catch (raw) {
      return execution.fail(this, fieldPath(this, parent), raw);
    }
    return this.take(execution, source, property, parent);
  }

  /** @param property the value of the property */
  take(execution: Execution, source: unknown, property: unknown, parent: ResponsePath | undefined): unknown {
    const path = fieldPath(this, parent);
    try {
      if (typeof property !== 'function') return this.completeResult(execution, path, property);
      const info = resolveInfo(this, path, execution);
      const result: unknown = Reflect.apply(property, source, [{}, execution.contextValue, info]);
      return this.completeResult(execution, path, result);
    } catch (raw) {
      return execution.fail(this, path, raw);
    }
  }
}

/** Creates the path of a leaf only if something needs it. */
class LeafField extends PropertyField {
  override take(
    execution: Execution,
    source: unknown,
    property: unknown,
    parent: ResponsePath | undefined,
  ): unknown {
    if (typeof property !== 'string' && typeof property !== 'number' && typeof property !== 'boolean') {
      return property === null && this.nullable ? null : super.take(execution, source, property, parent);
    }
    try {
      const value = this.complete(execution, property, NO_PATH, NO_PATH);
      if (value instanceof PendingValue) value.locate(this, fieldPath(this, parent));
      return value;
    } catch (raw) {
      return execution.fail(this, fieldPath(this, parent), raw);
    }
  }
}

const NO_PATH: ResponsePath = { prev: undefined, key: '', typename: undefined };
