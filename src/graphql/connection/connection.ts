import { Field, ObjectType, type ClassType } from 'type-graphql';
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

/** A page as REST answers it. */
export interface RestPage<I> {
  readonly items: readonly I[];
  readonly hasMore: boolean;
  readonly nextCursor: string | null | undefined;
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
 */
export function toConnection<I extends { readonly id: string }, N>(
  page: RestPage<I>,
  query: PageQuery,
  toNode: (item: I) => N,
): Connection<N> {
  const backward = query.end_before !== undefined;
  const items = backward ? page.items.slice(-query.page_size) : page.items.slice(0, query.page_size);
  const hasMore = page.hasMore || items.length < page.items.length;
  const lastCursor =
    backward || items.length < page.items.length ? undefined : (page.nextCursor ?? undefined);

  const edges = items.map((item, index) =>
    orError(() => ({
      cursor: (index === items.length - 1 ? lastCursor : undefined) ?? item.id,
      node: toNode(item),
    })),
  );
  const cursors = edges.flatMap((edge) => (edge instanceof Error ? [] : [edge.cursor]));
  return {
    edges,
    nodes: edges.map((edge) => (edge instanceof Error ? edge : edge.node)),
    pageInfo: {
      hasNextPage: backward || hasMore,
      hasPreviousPage: backward ? hasMore : query.start_after !== undefined,
      startCursor: cursors[0] ?? null,
      endCursor: cursors.at(-1) ?? null,
    },
  };
}

function orError<T>(make: () => T): T | Error {
  try {
    return make();
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}
