/** What resolvers and objects of a schema give: anything at all, but the same each time for the same seed. */
import {
  GraphQLError,
  isAbstractType,
  getNamedType,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
} from 'graphql';
import { describe } from './info.js';
import { hash } from './random.js';

/** How wild a world is: so many of 100 values are not what is expected, or come later. */
export interface Wildness {
  readonly faults: number;
  readonly promises: number;
}

/** Whatever else may be thrown. */
const THROWN = ['text', 7, null, undefined, { message: 'no error' }];

/** The id of an object, which tells all that it holds. */
const ID = Symbol('id');

export class World {
  /** What resolvers have been asked, in order. */
  readonly calls: string[] = [];

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly seed: number,
    private readonly wildness: Wildness,
  ) {}

  /** What a resolver returns, or throws. */
  give(type: GraphQLOutputType, id: string): unknown {
    return this.late(id, () => this.now(type, id));
  }

  private now(type: GraphQLOutputType, id: string): unknown {
    if (!this.isFault(id)) return this.expected(type, id);
    const fault = this.roll(`${id} fault`, 12);
    if (fault === 0) throw new Error(`${id} failed`);
    if (fault === 1) throw new GraphQLError(`${id} failed`, { extensions: { code: id } });
    if (fault === 2) throw this.pick<unknown>(`${id} thrown`, THROWN) as Error;
    if (fault === 3) return new TypeError(`${id} is an error`);
    if (fault === 4) return undefined;
    if (fault <= 7) return null;
    return this.pick(`${id} wrong`, [
      '',
      'text',
      0,
      1.5,
      NaN,
      true,
      {},
      [],
      10n,
      new Date(0),
      Symbol('x'),
      -0,
    ]);
  }

  private expected(type: GraphQLOutputType, id: string): unknown {
    if (isNonNullType(type)) return this.expected(type.ofType, id);
    if (isListType(type)) return this.list(type.ofType, id);
    if (isObjectType(type)) return this.object(type, id);
    if (isAbstractType(type))
      return this.object(this.pick(`${id} kind`, this.schema.getPossibleTypes(type)), id);
    if (isEnumType(type)) return this.pick(id, type.getValues()).value as unknown;
    return isScalarType(type) ? this.scalar(type.name, id) : undefined;
  }

  private scalar(name: string, id: string): unknown {
    const number = this.roll(`${id} value`, 1000);
    if (name === 'Int') return number;
    if (name === 'Odd') return this.pick(`${id} odd`, [number, number * 2 + 1, { valueOf: () => number }]);
    if (name === 'Float') return number / 8;
    if (name === 'Boolean') return number % 2 === 0;
    if (name === 'DateTime') return new Date(number);
    return this.pick(`${id} text`, [id, id, number, { toJSON: () => id }]);
  }

  private list(type: GraphQLOutputType, id: string): unknown {
    const length = this.roll(`${id} length`, 4);
    const items = Array.from({ length }, (_, index) => () => this.give(type, `${id}.${index}`));
    const failsAt = this.isFault(`${id} items`) ? this.roll(`${id} fails`, 4) : -1;
    const iterate = function* () {
      for (const [index, item] of items.entries()) {
        if (index === failsAt) throw new Error(`${id} ends at ${index}`);
        yield orError(item);
      }
    };
    const form = this.roll(`${id} form`, 6);
    if (form === 0) return iterate();
    if (form === 1) return new Set(items.map(orError));
    const array = items.map(orError);
    if (failsAt >= 0 && failsAt < length) {
      defineGetter(array, String(failsAt), () => {
        throw new Error(`${id} has no ${failsAt}`);
      });
    }
    return array;
  }

  private object(type: GraphQLObjectType, id: string): unknown {
    const object = { [ID]: id, kind: type.name };
    if (this.roll(`${id} named`, 3) > 0) Object.assign(object, { __typename: type.name });
    for (const [name, field] of Object.entries(type.getFields())) {
      const give = () => this.give(field.type, `${id}:${name}`);
      const form = this.roll(`${id} ${name} form`, 12);
      if (form === 0) Object.assign(object, { [name]: this.method(`${id}:${name}`, give) });
      else if (form < 3 || !isLeafType(getNamedType(field.type))) defineGetter(object, name, give);
      else defineValue(object, name, give);
    }
    return object;
  }

  private method(id: string, give: () => unknown) {
    const { calls } = this;
    return function (this: unknown, args: object, _world: World, info: GraphQLResolveInfo): unknown {
      calls.push(`${id} of ${idOf(this)} ${describe(args, info)}`);
      return give();
    };
  }

  /** Now, or in a promise, after some turns of the microtask queue. */
  late(id: string, give: () => unknown): unknown {
    if (this.roll(`${id} late`, 100) >= this.wildness.promises) return give();
    let promise = Promise.resolve<unknown>(undefined);
    for (let turns = this.roll(`${id} turns`, 6); turns > 0; turns -= 1)
      promise = promise.then(() => undefined);
    promise = promise.then(give);
    promise.catch(() => undefined);
    if (this.roll(`${id} native`, 8) > 0) return promise;
    return { then: (...reactions: Parameters<typeof promise.then>) => promise.then(...reactions) };
  }

  isFault(id: string): boolean {
    return this.roll(`${id} ok`, 100) < this.wildness.faults;
  }

  pick<T>(id: string, values: readonly T[]): T {
    return values[this.roll(id, values.length)]!;
  }

  private roll(id: string, below: number): number {
    return hash(`${this.seed} ${id}`, below);
  }
}

function defineGetter(object: object, name: string, get: () => unknown): void {
  Object.defineProperty(object, name, { get, enumerable: true });
}

/** A property that holds a value, or throws where there is none. */
function defineValue(object: object, name: string, give: () => unknown): void {
  try {
    Object.assign(object, { [name]: give() });
  } catch (error) {
    defineGetter(object, name, () => {
      throw error;
    });
  }
}

function orError(give: () => unknown): unknown {
  try {
    return give();
  } catch {
    return new Error('An item that could not be given.');
  }
}

/** The id of an object of a world; anything else as text. */
export function idOf(value: unknown): string {
  const id: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, ID) : undefined;
  return typeof id === 'string' ? id : String(value);
}
