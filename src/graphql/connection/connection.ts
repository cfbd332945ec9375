import { Field, ObjectType, type ClassType } from 'type-graphql';
import { badResponse } from '../../upstream/errors.js';
import { PageInfo } from './page-info.type.js';
import type { PageQuery } from './page.js';

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

/** What a list of REST tells beside its items. Like any property of an answer, one that came broken throws when it is read. */
export interface RestList {
  readonly has_more: boolean;
  readonly next_cursor?: string | null | undefined;
}

/** The object types of a connection over a node type (Relay Cursor Connections, with `nodes` beside `edges`). */
export function connectionType<N extends object>(node: () => ClassType<N>, name: string, items: string) {
  @ObjectType(`${name}Edge`, { description: `One of the ${items} of a page, and its cursor.` })
  class EdgeType {
    @Field(() => String, { description: 'Works as `after` and as `before`.' })
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
 * `next_cursor` of REST, where there is one.
 *
 * @param items those of the list; one that came broken throws when it is read, so each is read by itself
 * @throws {UpstreamError} where the page leads back to where it was asked from: whoever follows it never comes to an end
 */
export function toConnection<I extends { readonly id: string }, N>(
  list: RestList,
  items: readonly I[],
  query: PageQuery,
  toNode: (item: I) => N,
): Connection<N> {
  if (startsOver(list, items, query))
    throw badResponse('The Demand API gave a page that leads back to the cursor it was asked with.');
  const backward = query.end_before !== undefined;
  const surplus = Math.max(0, items.length - query.page_size);
  const start = backward ? surplus : 0;
  const size = items.length - surplus;
  const itemAt = (index: number) => {
    const item = items[start + index];
    if (item === undefined) throw new RangeError('A page has no such item.');
    return item;
  };
  const nextCursor = () => (backward || surplus > 0 ? undefined : (list.next_cursor ?? undefined));
  const cursorAt = (index: number) => (index === size - 1 ? nextCursor() : undefined) ?? itemAt(index).id;

  const nodes = Array.from({ length: size }, (_, index) => orError(() => toNode(itemAt(index))));
  const edges = nodes.map((node, index) =>
    node instanceof Error ? node : orError(() => ({ cursor: cursorAt(index), node })),
  );
  return {
    edges,
    nodes,
    get pageInfo() {
      const hasMore = surplus > 0 || list.has_more;
      const cursors = edges.flatMap((edge) => (edge instanceof Error ? [] : [edge.cursor]));
      const startCursor = cursors[0] ?? null;
      // Even where the last item is broken, the list goes on.
      const endCursor = nextCursor() ?? cursors.at(-1) ?? null;
      // Without a cursor to go on from, whoever wants the next page would get the first one again.
      if (hasMore && (backward ? startCursor : endCursor) === null) {
        throw badResponse('The Demand API says that there are more items, and not where.');
      }
      return {
        hasNextPage: backward || hasMore,
        hasPreviousPage: backward ? hasMore : query.start_after !== undefined,
        startCursor,
        endCursor,
      };
    },
  };
}

/** Whether a page holds the very item that it was to start after or to end before, or goes on from there again. */
function startsOver(
  list: RestList,
  items: readonly { readonly id: string }[],
  { start_after: after, end_before: before }: PageQuery,
): boolean {
  const from = after ?? before;
  if (from === undefined) return false;
  const goesOn = after !== undefined && orError(() => list.next_cursor) === after;
  const ids = Array.from({ length: items.length }, (_, index) => orError(() => items[index]?.id));
  return goesOn || ids.includes(from);
}

function orError<T>(make: () => T): T | Error {
  try {
    return make();
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}
