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
import { slotOf, type Completing } from './complete.js';
import type { Complete, Execution, Shape, Slot } from './execution.js';
import { Pending } from './pending.js';
import { awaitSlot, isPromise } from './promises.js';
import { infoOf, pathOf, propertiesOf, type Selected } from './selected.js';

/** One field of a plan. */
export abstract class Field implements Selected, Slot {
  readonly responseName: string;
  readonly parentType: GraphQLObjectType;
  readonly definition: GraphQLField<unknown, unknown>;
  readonly nodes: readonly FieldNode[];
  readonly node: FieldNode;
  readonly nullable: boolean;
  readonly complete: Complete;
  readonly shape: Shape;

  constructor(selected: Selected, completing: Completing) {
    this.responseName = selected.responseName;
    this.parentType = selected.parentType;
    this.definition = selected.definition;
    this.nodes = selected.nodes;
    this.node = selected.node;
    const slot = slotOf(this.definition.type, this, completing);
    this.nullable = slot.nullable;
    this.complete = slot.complete;
    this.shape = slot.shape;
  }

  /**
   * Takes the field from an object.
   *
   * @param parent the path of the object
   * @returns what the response holds, or something `Pending`
   * @throws {GraphQLError} where that cannot be null, and there is nothing
   */
  abstract run(execution: Execution, source: unknown, parent: ResponsePath | undefined): unknown;

  /** @param result of a resolver, or what stands in place of one */
  protected completeResult(execution: Execution, path: ResponsePath, result: unknown): unknown {
    const value = isPromise(result)
      ? awaitSlot(execution, this, path, path, result)
      : this.complete(execution, result, path, path);
    if (value instanceof Pending) value.at(this, path);
    return value;
  }
}

export function fieldOf(selected: Selected, completing: Completing): Field {
  const { definition } = selected;
  if (definition === TypeNameMetaFieldDef) return new TypeNameField(selected, completing);
  if (definition.resolve || definition.args.length > 0) return new ResolvedField(selected, completing);
  return isLeafType(getNullableType(definition.type))
    ? new LeafField(selected, completing)
    : new PropertyField(selected, completing);
}

class TypeNameField extends Field {
  run(): string {
    return this.parentType.name;
  }
}

class ResolvedField extends Field {
  private readonly resolve: GraphQLFieldResolver<unknown, unknown>;
  private readonly readArguments: ReadArguments;

  constructor(selected: Selected, completing: Completing) {
    super(selected, completing);
    this.resolve = this.definition.resolve ?? defaultFieldResolver;
    this.readArguments = argumentsReader(this.definition, this.node);
  }

  run(execution: Execution, source: unknown, parent: ResponsePath | undefined): unknown {
    const { resolve } = this;
    const path = pathOf(this, parent);
    try {
      const args = this.readArguments(execution.variableValues);
      const result: unknown = resolve(source, args, execution.contextValue, infoOf(this, path, execution));
      return this.completeResult(execution, path, result);
    } catch (raw) {
      return execution.fail(this, path, raw);
    }
  }
}

/** A field without a resolver: the property of its name, as graphql-js' `defaultFieldResolver` has it. */
export class PropertyField extends Field {
  run(execution: Execution, source: unknown, parent: ResponsePath | undefined): unknown {
    let property: unknown;
    try {
      property = propertiesOf(source)[this.definition.name];
    } catch (raw) {
      return execution.fail(this, pathOf(this, parent), raw);
    }
    return this.take(execution, source, property, parent);
  }

  /** @param property as it was read from the object */
  take(execution: Execution, source: unknown, property: unknown, parent: ResponsePath | undefined): unknown {
    const path = pathOf(this, parent);
    try {
      if (typeof property !== 'function') return this.completeResult(execution, path, property);
      const info = infoOf(this, path, execution);
      const result: unknown = Reflect.apply(property, source, [{}, execution.contextValue, info]);
      return this.completeResult(execution, path, result);
    } catch (raw) {
      return execution.fail(this, path, raw);
    }
  }
}

/** The path of a leaf is made only where there is more to it. */
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
      const value = this.complete(execution, property, NOWHERE, NOWHERE);
      if (value instanceof Pending) value.at(this, pathOf(this, parent));
      return value;
    } catch (raw) {
      return execution.fail(this, pathOf(this, parent), raw);
    }
  }
}

const NOWHERE: ResponsePath = { prev: undefined, key: '', typename: undefined };
