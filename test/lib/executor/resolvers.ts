/** Resolvers for any schema: its context is the world that they take everything from. */
import { responsePathAsArray, type GraphQLResolveInfo } from 'graphql';
import { describe } from './info.js';
import { idOf, type World } from './world.js';

export function resolve(_source: unknown, args: object, world: World, info: GraphQLResolveInfo): unknown {
  const id = responsePathAsArray(info.path).join('.');
  world.calls.push(`${id} ${describe(args, info)}`);
  return world.give(info.returnType, id);
}

export function resolveType(value: unknown, world: World, info: GraphQLResolveInfo): string {
  const id = `type of ${idOf(value)}`;
  world.calls.push(`${id} ${describe({}, info)}`);
  return world.late(id, () =>
    world.isFault(id) ? world.pick(id, ['Nothing', 'Color', 'Leaf', null, 7]) : typeNameOf(value),
  ) as string;
}

export function isTypeOf(name: string) {
  return (value: unknown, world: World, info: GraphQLResolveInfo): boolean => {
    const id = `${idOf(value)} is ${name}`;
    world.calls.push(`${id} ${describe({}, info)}`);
    return world.late(id, () => !world.isFault(id) && typeNameOf(value) === name) as boolean;
  };
}

function typeNameOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, 'kind') : undefined;
}
