import { Field, ObjectType, type ClassType } from 'type-graphql';
import { badResponse } from '../../upstream/errors.js';
import { itemsOf, orError } from '../items.js';
import { PageInfo } from './page-info.type.js';
import { isCursor, type PageQuery } from './page.js';

export interface Edge<N> {
  readonly cursor: string;
  readonly node: N;
}

/** An item that cannot be used stands as its error: it fails alone, and the rest of the page stands. */
export interface Connection<N> {
  readonly edges: readonly (Edge<N> | Error)[];
  readonly nodes: readonly (N | Error)[];
  readonly pageInfo: PageInfo;
}

/** What is in a list of REST. Some kinds may come without an id, and so without a cursor. */
export interface Identified {
  readonly id?: string | null;
}

/** What a list of REST tells beside its items. Like any property of an answer, one that came broken throws when it is read. */
export interface RestList {
  readonly has_more: boolean;
  readonly next_cursor?: string | null | undefined;
}

/**
 * The object types of a connection over a node type (Relay Cursor Connections, with `nodes` beside `edges`).
 *
 * @param items what they are called, in plural
 * @param cursorUse what a cursor is good for. Default: both directions.
 */
export function connectionType<N extends object>(
  node: () => ClassType<N>,
  name: string,
  items: string,
  cursorUse = 'Works as `after` and as `before`.',
) {
  @ObjectType(`${name}Edge`, { description: `One of the ${items} of a page, and its cursor.` })
  class EdgeType {
    @Field(() => String, { description: cursorUse })
    readonly cursor!: string;

    @Field(node, { nullable: true, description: 'The item itself.' })
    readonly node!: N | null;
  }

  @ObjectType(`${name}Connection`, { description: `One page of ${items}.` })
  class ConnectionType {
    @Field(() => [EdgeType], {
      nullable: 'items',
      description: 'The items with their cursors. Null stands for an item that could not be read.',
    })
    readonly edges!: readonly (EdgeType | null)[];

    @Field(() => [node()], {
      nullable: 'items',
      description: 'The items alone. Null stands for an item that could not be read.',
    })
    readonly nodes!: readonly (N | null)[];

    @Field(() => PageInfo, { description: 'Where this page stands in the list.' })
    readonly pageInfo!: PageInfo;
  }

  return ConnectionType;
}

/**
 * A connection from a page of REST. An item's id is its cursor; the last one of a page that goes on has the
 * `next_cursor` of REST, where there is one that can be sent back to it.
 *
 * @param items those of the list; one that came broken throws when it is read, so each is read by itself
 * @throws {UpstreamError} where the page leads back to where it was asked from: whoever follows it never comes to an end
 */
export function toConnection<I extends Identified, N>(
  list: RestList,
  items: readonly I[],
  query: PageQuery,
  toNode: (item: I) => N,
): Connection<N> {
  if (startsOver(list, items, query))
    throw badResponse('The Demand API gave a page that leads back to the cursor it was asked with.');
  return new PageOfRest(list, items, query, toNode);
}

/** Edges, nodes and page info are made when they are asked for: an operation seldom selects all three. */
class PageOfRest<I extends Identified, N> implements Connection<N> {
  readonly #list: RestList;
  readonly #items: readonly I[];
  readonly #query: PageQuery;
  readonly #toNode: (item: I) => N;
  readonly #backward: boolean;
  /** How many items more than asked for have come; those that are farthest from the cursor are not shown. */
  readonly #surplus: number;
  #nodes: readonly (N | Error)[] | undefined;

  constructor(list: RestList, items: readonly I[], query: PageQuery, toNode: (item: I) => N) {
    this.#list = list;
    this.#items = items;
    this.#query = query;
    this.#toNode = toNode;
    this.#backward = query.end_before !== undefined;
    this.#surplus = Math.max(0, items.length - query.page_size);
  }

  get nodes(): readonly (N | Error)[] {
    return (this.#nodes ??= itemsOf(this.#size, (index) => this.#toNode(this.#itemAt(index))));
  }

  get edges(): readonly (Edge<N> | Error)[] {
    const { nodes } = this;
    return itemsOf(this.#size, (index) => {
      const node = nodes[index] as N | Error;
      if (node instanceof Error) throw node;
      return { cursor: this.#cursorAt(index), node };
    });
  }

  get pageInfo(): PageInfo {
    const hasMore = this.#surplus > 0 || this.#list.has_more;
    const startCursor = this.#firstCursor((index) => index);
    // Even where the last item is broken, the list goes on.
    const endCursor = this.#nextCursor() ?? this.#firstCursor((index) => this.#size - 1 - index);
    // Without a cursor to go on from, whoever wants the next page would get the first one again.
    if (hasMore && (this.#backward ? startCursor : endCursor) === null) {
      throw badResponse('The Demand API says that there are more items, but gives no cursor to go on from.');
    }
    return {
      hasNextPage: this.#backward || hasMore,
      hasPreviousPage: this.#backward ? hasMore : this.#query.start_after !== undefined,
      startCursor,
      endCursor,
    };
  }

  get #size(): number {
    return this.#items.length - this.#surplus;
  }

  #itemAt(index: number): I {
    const item = this.#items[this.#backward ? this.#surplus + index : index];
    if (item === undefined) throw new RangeError('A page has no such item.');
    return item;
  }

  #cursorAt(index: number): string {
    const next = index === this.#size - 1 ? this.#nextCursor() : undefined;
    if (next !== undefined) return next;
    const { id } = this.#itemAt(index);
    // As `after`, an empty cursor would lead back to the first page.
    if (typeof id === 'string' && id !== '') return id;
    throw badResponse('The Demand API did not tell the `id` of an item, without which it has no cursor.');
  }

  #nextCursor(): string | undefined {
    const cursor = this.#backward || this.#surplus > 0 ? undefined : this.#list.next_cursor;
    return typeof cursor === 'string' && isCursor(cursor) ? cursor : undefined;
  }

  /** The cursor of the first item that can be used, in the order that `indexAt` gives. */
  #firstCursor(indexAt: (step: number) => number): string | null {
    const { nodes } = this;
    for (let step = 0; step < nodes.length; step += 1) {
      const index = indexAt(step);
      const cursor = nodes[index] instanceof Error ? undefined : orError(() => this.#cursorAt(index));
      if (typeof cursor === 'string') return cursor;
    }
    return null;
  }
}

/** Whether a page holds the very item that it was to start after or to end before, or goes on from there again. */
function startsOver(
  list: RestList,
  items: readonly Identified[],
  { start_after: after, end_before: before }: PageQuery,
): boolean {
  const from = after ?? before;
  if (from === undefined) return false;
  const goesOn = after !== undefined && orError(() => list.next_cursor) === after;
  const ids = Array.from({ length: items.length }, (_, index) => orError(() => items[index]?.id));
  return goesOn || ids.includes(from);
}
