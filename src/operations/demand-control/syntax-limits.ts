import {
  GraphQLError,
  Kind,
  visit,
  type DocumentNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
} from 'graphql';
import type { SyntaxLimits } from '../../config/demand-control.js';

/** The size of an operation or fragment, with each fragment counted wherever it is spread. */
interface SyntaxExtent {
  readonly aliases: number;
  /** Fields of the operation's own selection set. A field that is repeated counts each time. */
  readonly rootFields: number;
  readonly directives: number;
  /** Nodes of the syntax tree other than names: fields, arguments, values, directives, fragments and so on. */
  readonly nodes: number;
}

const LIMITS = [
  ['aliases', 'maxAliases', 'MAX_ALIASES'],
  ['rootFields', 'maxRootFields', 'MAX_ROOT_FIELDS'],
  ['directives', 'maxDirectives', 'MAX_DIRECTIVES'],
  ['nodes', 'maxNodes', 'MAX_NODES'],
] as const;

const WORDS = {
  aliases: 'aliases',
  rootFields: 'root fields',
  directives: 'directives',
  nodes: 'syntax nodes',
} as const;

/**
 * The error of a document that exceeds a limit; undefined if it does not. Call it after parsing and before validation, because
 * validation takes time in proportion to the square of these numbers.
 */
export function syntaxLimitError(document: DocumentNode, limits: SyntaxLimits): GraphQLError | undefined {
  const extent = extentOf(document);
  for (const [what, limit, variable] of LIMITS) {
    if (extent[what] > limits[limit]) {
      return new GraphQLError(
        `The operation has ${extent[what]} ${WORDS[what]}, fragments included. At most ${limits[limit]} are allowed (${variable}).`,
        { extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } } },
      );
    }
  }
  return undefined;
}

/**
 * The largest numbers of any operation or fragment. Takes time in proportion to the size of the document, even if fragments
 * double at each level. Fragments that form a cycle, which validation rejects, count once.
 */
export function extentOf(document: DocumentNode): SyntaxExtent {
  const fragments = new Map<string, Counted>();
  const operations: Counted[] = [];
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, count(definition));
    else if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(count(definition));
  }
  const expanded = new Map<Counted, SyntaxExtent>();
  for (const fragment of fragments.values()) expand(fragment, fragments, expanded);
  const extents = [
    ...operations.map((operation) => expand(operation, fragments, expanded)),
    // Only an operation has root fields.
    ...[...fragments.values()].map((fragment) => ({
      ...expand(fragment, fragments, expanded),
      rootFields: 0,
    })),
  ];
  return extents.reduce(
    (most, extent) => ({
      aliases: Math.max(most.aliases, extent.aliases),
      rootFields: Math.max(most.rootFields, extent.rootFields),
      directives: Math.max(most.directives, extent.directives),
      nodes: Math.max(most.nodes, extent.nodes),
    }),
    EMPTY,
  );
}

const EMPTY: SyntaxExtent = { aliases: 0, rootFields: 0, directives: 0, nodes: 0 };

/** A definition without the fragments that it spreads. */
interface Counted extends SyntaxExtent {
  readonly spreads: readonly { readonly name: string; readonly isAtRoot: boolean }[];
}

function count(definition: OperationDefinitionNode | FragmentDefinitionNode): Counted {
  const counted = { ...EMPTY, spreads: [] as { name: string; isAtRoot: boolean }[] };
  let depth = 0;
  visit(definition, {
    enter(node) {
      if (node.kind !== Kind.NAME) counted.nodes += 1;
      if (node.kind === Kind.DIRECTIVE) counted.directives += 1;
      if (node.kind === Kind.FRAGMENT_SPREAD) {
        counted.spreads.push({ name: node.name.value, isAtRoot: depth === 0 });
      }
      if (node.kind !== Kind.FIELD) return;
      if (node.alias !== undefined) counted.aliases += 1;
      if (depth === 0) counted.rootFields += 1;
      depth += 1;
    },
    leave(node) {
      if (node.kind === Kind.FIELD) depth -= 1;
    },
  });
  return counted;
}

/** `documentLimitError` has limited the depth already, so the recursion is bounded. */
function expand(
  counted: Counted,
  fragments: ReadonlyMap<string, Counted>,
  expanded: Map<Counted, SyntaxExtent>,
): SyntaxExtent {
  const known = expanded.get(counted);
  if (known !== undefined) return known;
  expanded.set(counted, EMPTY);
  let { aliases, rootFields, directives, nodes } = counted;
  for (const { name, isAtRoot } of counted.spreads) {
    const fragment = fragments.get(name);
    if (fragment === undefined) continue;
    const inside = expand(fragment, fragments, expanded);
    aliases += inside.aliases;
    if (isAtRoot) rootFields += inside.rootFields;
    directives += inside.directives;
    nodes += inside.nodes;
  }
  const extent = { aliases, rootFields, directives, nodes };
  expanded.set(counted, extent);
  return extent;
}
