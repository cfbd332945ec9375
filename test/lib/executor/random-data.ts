/** Random values for the fields of any schema, valid and invalid ones. The same seed gives the same values. */
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
import { describeInfo } from './describe-info.js';
import { hash } from './random.js';
import { Schedule, type Timing } from './timing.js';

/** The percentage of values that are wrong, and of those that are promises. */
export interface FaultRates {
  readonly faults: number;
  readonly promises: number;
}

/** Thrown values that are not errors. */
const THROWN = ['text', 7, null, undefined, { message: 'no error' }];

/** The property with the id of an object, from which its values are derived. */
const ID = Symbol('id');

export class RandomData {
  /** The calls of resolvers, with their arguments. */
  readonly calls: string[] = [];
  readonly schedule: Schedule;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly seed: number,
    private readonly rates: FaultRates,
    private readonly timing: Timing,
  ) {
    this.schedule = new Schedule(timing);
  }

  /** Whether the order of errors may depend on the executor. */
  get hasRaces(): boolean {
    return this.timing !== 'tasks';
  }

  /** Returns or throws what a resolver does. */
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
      2 ** 31,
      -(2 ** 31) - 1,
      2 ** 32,
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
    if (name === 'Int') return this.pick(`${id} int`, [number, -number, 2 ** 31 - 1, -(2 ** 31)]);
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
    return function (this: unknown, args: object, _context: RandomData, info: GraphQLResolveInfo): unknown {
      calls.push(`${id} of ${idOf(this)} ${describeInfo(args, info)}`);
      return give();
    };
  }

  /** Returns the value, or a promise of some kind. */
  late(id: string, give: () => unknown): unknown {
    if (this.roll(`${id} late`, 100) >= this.rates.promises) return give();
    const kind = this.roll(`${id} promise`, 16);
    // graphql-js handles its value earlier than a promise's, which changes the order of errors.
    if (kind === 0 && this.hasRaces) return synchronousThenable(give);
    const promise = this.schedule.wait((below) => this.roll(`${id} turns`, below)).then(give);
    if (kind === 1) return thenable(handled(promise));
    if (kind === 2) return handled(PromiseSubclass.resolve(promise));
    return handled(kind === 3 ? ThenOverride.resolve(promise) : promise);
  }

  isFault(id: string): boolean {
    return this.roll(`${id} ok`, 100) < this.rates.faults;
  }

  pick<T>(id: string, values: readonly T[]): T {
    return values[this.roll(id, values.length)]!;
  }

  private roll(id: string, below: number): number {
    return hash(`${this.seed} ${id}`, below);
  }
}

/** Prevents unhandled rejections, because some promises are never awaited. */
function handled<T extends Promise<unknown>>(promise: T): T {
  promise.catch(() => undefined);
  return promise;
}

class PromiseSubclass<T> extends Promise<T> {}

class ThenOverride<T> extends Promise<T> {
  override then<A = T, B = never>(...reactions: Parameters<Promise<T>['then']>): Promise<A | B> {
    return super.then(...reactions) as Promise<A | B>;
  }
}

type Reactions = Parameters<Promise<unknown>['then']>;

function thenable(promise: Promise<unknown>): PromiseLike<unknown> {
  return { then: ((...reactions: Reactions) => promise.then(...reactions)) as PromiseLike<unknown>['then'] };
}

/** Calls back before its `then` returns. */
function synchronousThenable(give: () => unknown): PromiseLike<unknown> {
  const then = (...[onValue, onReason]: Reactions): Promise<unknown> => {
    try {
      const value = give();
      return Promise.resolve(onValue ? onValue(value) : value);
    } catch (error) {
      return Promise.resolve().then(() => {
        if (onReason) return onReason(error);
        throw error;
      });
    }
  };
  return { then: then as PromiseLike<unknown>['then'] };
}

function defineGetter(object: object, name: string, get: () => unknown): void {
  Object.defineProperty(object, name, { get, enumerable: true });
}

/** Defines a property with the value, or a getter that throws what `give` throws. */
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
    return new Error('This item failed.');
  }
}

/** The id of a random object; any other value as text. */
export function idOf(value: unknown): string {
  const id: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, ID) : undefined;
  return typeof id === 'string' ? id : String(value);
}
