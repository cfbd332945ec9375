import {
  defaultFieldResolver,
  getNullableType,
  isLeafType,
  TypeNameMetaFieldDef,
  type GraphQLFieldResolver,
  type ResponsePath,
} from 'graphql';
import { argumentsReader } from './arguments.js';
import { slotOf, type Completing } from './complete.js';
import type { Execution, Slot } from './execution.js';
import { Pending } from './pending.js';
import { awaitSlot, isPromise } from './promises.js';
import { infoOf, pathOf, propertiesOf, type Selected } from './selected.js';

/** One field of a plan. */
export interface Field extends Selected, Slot {
  /** Takes the field from an object, by its resolver or as the property of its name. */
  readonly run: Run;
  /** What to do with that property; undefined where there is a resolver, or the property needs arguments. */
  readonly take: Take | undefined;
}

/**
 * @param parent the path of the object
 * @returns what the response holds, or something `Pending`
 * @throws {GraphQLError} where that cannot be null, and there is nothing
 */
export type Run = (execution: Execution, source: unknown, parent: ResponsePath | undefined) => unknown;

/** @param property the property, as it was read from the object */
export type Take = (
  execution: Execution,
  source: unknown,
  property: unknown,
  parent: ResponsePath | undefined,
) => unknown;

export function fieldOf(selected: Selected, completing: Completing): Field {
  const { definition } = selected;
  const slot = slotOf(definition.type, selected, completing);
  if (definition === TypeNameMetaFieldDef) {
    const { name } = selected.parentType;
    return { ...selected, ...slot, run: () => name, take: undefined };
  }
  if (definition.resolve || definition.args.length > 0) {
    const run = runResolver(definition.resolve ?? defaultFieldResolver, slot, selected);
    return { ...selected, ...slot, run, take: undefined };
  }
  const take = isLeafType(getNullableType(definition.type))
    ? takeLeaf(slot, selected)
    : takeProperty(slot, selected);
  return { ...selected, ...slot, run: runProperty(take, slot, selected), take };
}

function runResolver(resolve: GraphQLFieldResolver<unknown, unknown>, slot: Slot, selected: Selected): Run {
  const readArguments = argumentsReader(selected.definition, selected.node);
  return (execution, source, parent) => {
    const path = pathOf(selected, parent);
    try {
      const args = readArguments(execution.variableValues);
      const result = resolve(source, args, execution.contextValue, infoOf(selected, path, execution));
      return complete(execution, slot, path, result);
    } catch (raw) {
      return execution.fail(slot, path, raw);
    }
  };
}

/** As graphql-js' `defaultFieldResolver` does. */
function runProperty(take: Take, slot: Slot, selected: Selected): Run {
  const { name } = selected.definition;
  return (execution, source, parent) => {
    let property: unknown;
    try {
      property = propertiesOf(source)[name];
    } catch (raw) {
      return execution.fail(slot, pathOf(selected, parent), raw);
    }
    return take(execution, source, property, parent);
  };
}

function takeProperty(slot: Slot, selected: Selected): Take {
  return (execution, source, property, parent) => {
    const path = pathOf(selected, parent);
    try {
      if (typeof property !== 'function') return complete(execution, slot, path, property);
      const info = infoOf(selected, path, execution);
      const result: unknown = Reflect.apply(property, source, [{}, execution.contextValue, info]);
      return complete(execution, slot, path, result);
    } catch (raw) {
      return execution.fail(slot, path, raw);
    }
  };
}

/** The path of a leaf is made only where something is the matter. */
function takeLeaf(slot: Slot, selected: Selected): Take {
  const takeSpecial = takeProperty(slot, selected);
  return (execution, source, property, parent) => {
    if (typeof property !== 'string' && typeof property !== 'number' && typeof property !== 'boolean') {
      return property === null && slot.nullable ? null : takeSpecial(execution, source, property, parent);
    }
    try {
      const value = slot.complete(execution, property, NOWHERE, NOWHERE);
      if (value instanceof Pending) value.at(slot, pathOf(selected, parent));
      return value;
    } catch (raw) {
      return execution.fail(slot, pathOf(selected, parent), raw);
    }
  };
}

const NOWHERE: ResponsePath = { prev: undefined, key: '', typename: undefined };

/** @param result of a resolver, or what stands in place of one */
function complete(execution: Execution, slot: Slot, path: ResponsePath, result: unknown): unknown {
  const value = isPromise(result)
    ? awaitSlot(execution, slot, path, path, result)
    : slot.complete(execution, result, path, path);
  if (value instanceof Pending) value.at(slot, path);
  return value;
}
