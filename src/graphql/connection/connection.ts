import { Field, ObjectType, type ClassType } from 'type-graphql';
import { badResponse } from '../../upstream/errors.js';
import { itemsOf, orError } from '../items.js';
import { PageInfo } from './page-info.type.js';
import { isCursor, type PageQuery } from './page.js';

interface Edge<N> {
  readonly cursor: string;
  readonly node: N;
}

/** An unusable item is represented by its error, so that the rest of the page can be used. */
export interface Connection<N> {
  readonly edges: readonly (Edge<N> | Error)[];
  readonly nodes: readonly (N | Error)[];
  readonly pageInfo: PageInfo;
}

/** An item in a REST list. Some kinds can lack an id, and thus a cursor. */
interface Identified {
  readonly id?: string | null;
}

/** The properties of a REST list besides its items. Reading a malformed property throws. */
export interface RestList {
  readonly has_more: boolean;
  readonly next_cursor?: string | null | undefined;
}

/**
 * The object types of a connection (Relay Cursor Connections, with an additional `nodes` list).
 *
 * @param items plural noun for the items, used in descriptions
 * @param cursorUse description of `cursor`. Default: both directions
 */
export function connectionType<N extends object>(
  node: () => ClassType<N>,
  name: string,
  items: string,
  cursorUse = 'Cursor to pass as `after` or `before`.',
) {
  @ObjectType(`${name}Edge`, { description: `Item in a page of ${items}, with its cursor.` })
  class EdgeType {
    @Field(() => String, { description: cursorUse })
    readonly cursor!: string;

    @Field(node, { nullable: true, description: 'Item.' })
    readonly node!: N | null;
  }

  @ObjectType(`${name}Connection`, { description: `Page of ${items}.` })
  class ConnectionType {
    @Field(() => [EdgeType], {
      nullable: 'items',
      description: 'Items with their cursors. An item that cannot be read is null, with an error.',
    })
    readonly edges!: readonly (EdgeType | null)[];

    @Field(() => [node()], {
      nullable: 'items',
      description: 'Items without cursors. An item that cannot be read is null, with an error.',
    })
    readonly nodes!: readonly (N | null)[];

    @Field(() => PageInfo, { description: 'Position of this page in the list.' })
    readonly pageInfo!: PageInfo;
  }

  return ConnectionType;
}

/**
 * Makes a connection from a page of a REST list. The cursor of an item is its id, except that the last item of a page
 * uses the list's `next_cursor` if that is a valid cursor other than the page's own.
 *
 * @param items the items of `list`; reading a malformed item throws
 * @throws {UpstreamError} if the page leads back to its own cursor, so that a client would never reach the end
 */
export function toConnection<I extends Identified, N>(
  list: RestList,
  items: readonly I[],
  query: PageQuery,
  toNode: (item: I) => N,
): Connection<N> {
  if (startsOver(list, items, query))
    throw badResponse('The Demand API returned a page that leads back to the cursor it was requested with.');
  return new RestPage(list, items, query, toNode);
}

/** Makes edges, nodes and page info lazily: few operations select all three. */
class RestPage<I extends Identified, N> implements Connection<N> {
  readonly #list: RestList;
  readonly #items: readonly I[];
  readonly #query: PageQuery;
  readonly #toNode: (item: I) => N;
  readonly #backward: boolean;
  /** How many more items arrived than requested; those farthest from the cursor are dropped. */
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
    // The list continues even if its last item is broken.
    const endCursor = this.#nextCursor() ?? this.#firstCursor((index) => this.#size - 1 - index);
    // Without a cursor, a client would request the first page again and again.
    if (hasMore && (this.#backward ? startCursor : endCursor) === null) {
      throw badResponse(
        'The Demand API says that there are more items, but returned no cursor to continue from.',
      );
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
    if (item === undefined) throw new RangeError('The page has no item at this index.');
    return item;
  }

  #cursorAt(index: number): string {
    const next = index === this.#size - 1 ? this.#nextCursor() : undefined;
    if (next !== undefined) return next;
    const { id } = this.#itemAt(index);
    // An empty cursor would lead back to the first page.
    if (typeof id === 'string' && id !== '') return id;
    throw badResponse(
      'The response of the Demand API has an item without `id`, which its cursor is made from.',
    );
  }

  #nextCursor(): string | undefined {
    const cursor = this.#backward || this.#surplus > 0 ? undefined : this.#list.next_cursor;
    // A last page may repeat the cursor that it was requested with, which does not lead on.
    if (typeof cursor !== 'string' || cursor === this.#query.start_after) return undefined;
    return isCursor(cursor) ? cursor : undefined;
  }

  /** The cursor of the first usable item, in the order given by `indexAt`. */
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

/** Whether a page contains the item that it should start after or end before, or continues from there again. */
function startsOver(
  list: RestList,
  items: readonly Identified[],
  { start_after: after, end_before: before }: PageQuery,
): boolean {
  const from = after ?? before;
  if (from === undefined) return false;
  const goesOn = after !== undefined && orError(() => list.has_more && list.next_cursor) === after;
  const ids = Array.from({ length: items.length }, (_, index) => orError(() => items[index]?.id));
  return goesOn || ids.includes(from);
}
