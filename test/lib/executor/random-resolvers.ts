/** Resolvers for any schema. Their context is a `RandomData`. */
import { responsePathAsArray, type GraphQLResolveInfo } from 'graphql';
import { describeInfo } from './describe-info.js';
import { idOf, type RandomData } from './random-data.js';

export function resolve(_source: unknown, args: object, data: RandomData, info: GraphQLResolveInfo): unknown {
  const id = responsePathAsArray(info.path).join('.');
  data.calls.push(`${id} ${describeInfo(args, info)}`);
  return data.give(info.returnType, id);
}

export function resolveType(value: unknown, data: RandomData, info: GraphQLResolveInfo): string {
  const id = `type of ${idOf(value)}`;
  data.calls.push(`${id} ${describeInfo({}, info)}`);
  return data.late(id, () =>
    data.isFault(id) ? data.pick(id, ['Nothing', 'Color', 'Leaf', null, 7]) : typeNameOf(value),
  ) as string;
}

export function isTypeOf(name: string) {
  return (value: unknown, data: RandomData, info: GraphQLResolveInfo): boolean => {
    const id = `${idOf(value)} is ${name}`;
    data.calls.push(`${id} ${describeInfo({}, info)}`);
    return data.late(id, () => !data.isFault(id) && typeNameOf(value) === name) as boolean;
  };
}

function typeNameOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, 'kind') : undefined;
}
