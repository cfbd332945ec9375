import { GraphQLError, Lexer, Source, TokenKind, type Token } from 'graphql';

/**
 * The most levels of brackets of any kind, with each fragment counted where it is spread. Parsing and validation recurse by them,
 * and on Node's stack of 984 KiB can handle at least twice as many.
 */
export const MAX_NESTING = 500;

/** The most tokens of a document, which limits the cost of parsing and validating it. */
export const MAX_TOKENS = 15_000;

export interface DocumentLimits {
  /** The most levels of fields. */
  readonly maxDepth: number;
  /**
   * The most tokens of a document with its fragments expanded: fragments that spread others twice double the work at each level.
   * The parser has the same limit, so later tokens are ignored.
   */
  readonly maxTokens: number;
}

/** The depth and size of a document, with fragments counted where they are spread. */
interface TokenExtent {
  /** Levels of fields: `{ a { b } }` has two. Fragments, including inline ones, do not count as levels. */
  readonly fields: number;
  /** Levels of brackets of any kind, including those of values and types. */
  readonly nesting: number;
  /** Tokens of its largest operation or fragment, except for a few at either end. */
  readonly tokens: number;
}

/**
 * The error of a document that is too deep or too large; undefined if it is neither. Needs only the text, and so has an answer for
 * documents that are too deep to be parsed.
 */
export function documentLimitError(
  source: string,
  { maxDepth, maxTokens }: DocumentLimits,
): GraphQLError | undefined {
  const { fields, nesting, tokens } = measure(source, maxTokens);
  if (fields > maxDepth) return tooDeep('fields', fields, `${maxDepth} levels are allowed (MAX_DEPTH)`);
  if (nesting > MAX_NESTING) return tooDeep('brackets', nesting, `${MAX_NESTING} levels are allowed`);
  if (tokens <= maxTokens) return undefined;
  return rejection(
    `The document has more than ${maxTokens} tokens, fragments written out where they are spread. No more are allowed.`,
  );
}

function tooDeep(what: string, depth: number, allowed: string): GraphQLError {
  return rejection(
    `The ${what} of the document are nested ${depth} levels deep, fragments included. At most ${allowed}.`,
  );
}

function rejection(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } } });
}

/**
 * Takes time in proportion to the length of the text, without recursion. Fragments that form a cycle, which validation rejects,
 * count once.
 */
export function measure(source: string, maxTokens: number): TokenExtent {
  const scanner = new Scanner();
  for (const token of tokensOf(source, maxTokens)) scanner.take(token);
  return throughFragments(scanner.definitions, scanner.fragments);
}

/** The tokens before the first syntax error, which the parser reports. */
function* tokensOf(source: string, maxTokens: number): Generator<Token> {
  const lexer = new Lexer(new Source(source));
  for (let count = 0; count < maxTokens; count += 1) {
    let token: Token;
    try {
      token = lexer.advance();
    } catch {
      return;
    }
    if (token.kind === TokenKind.EOF) return;
    yield token;
  }
}

/** Where a fragment is spread. */
interface Spread {
  readonly name: string;
  readonly fields: number;
  readonly nesting: number;
}

/** An operation, or all fragments of one name. */
interface Definition {
  fields: number;
  nesting: number;
  tokens: number;
  readonly spreads: Spread[];
}

/** What a bracket opens: a selection set, which may add a level of fields, or values. */
interface Bracket {
  readonly isSelection: boolean;
  readonly fields: 0 | 1;
}

/**
 * Measures the definitions of a document, token by token. An invalid document is rejected by the parser, so its numbers do not
 * matter.
 */
class Scanner {
  readonly definitions: Definition[] = [];
  readonly fragments = new Map<string, Definition>();
  private definition: Definition | undefined;
  private readonly open: Bracket[] = [];
  private fields = 0;
  /** What the previous tokens have started. */
  private begun: 'fragment' | 'spread' | 'inline fragment' | undefined;

  take(token: Token): void {
    this.read(token);
    if (this.definition !== undefined) this.definition.tokens += 1;
  }

  private read({ kind, value }: Token): void {
    switch (kind) {
      case TokenKind.BRACE_L:
      case TokenKind.BRACKET_L:
      case TokenKind.PAREN_L:
        this.openBracket(kind);
        return;
      case TokenKind.BRACE_R:
      case TokenKind.BRACKET_R:
      case TokenKind.PAREN_R:
        this.closeBracket();
        return;
      case TokenKind.SPREAD:
        this.begun = 'spread';
        return;
      case TokenKind.NAME:
        this.takeName(value);
        return;
      default:
        if (this.begun === 'spread') this.begun = 'inline fragment';
    }
  }

  private takeName(name: string): void {
    if (this.begun === 'fragment') {
      this.begun = undefined;
      this.define(name);
    } else if (this.begun === 'spread') {
      this.begun = name === 'on' ? 'inline fragment' : undefined;
      if (name === 'on') return;
      this.definition?.spreads.push({ name, fields: this.fields, nesting: this.open.length });
    } else if (this.definition === undefined) {
      if (name === 'fragment') this.begun = 'fragment';
      else this.define();
    }
  }

  private define(fragment?: string): void {
    const known = fragment === undefined ? undefined : this.fragments.get(fragment);
    this.definition = known ?? { fields: 0, nesting: 0, tokens: 0, spreads: [] };
    if (known !== undefined) return;
    this.definitions.push(this.definition);
    if (fragment !== undefined) this.fragments.set(fragment, this.definition);
  }

  private openBracket(kind: TokenKind): void {
    if (this.definition === undefined) this.define();
    const isSelection = kind === TokenKind.BRACE_L && (this.open.at(-1)?.isSelection ?? true);
    const isField = isSelection && this.begun === undefined;
    if (isSelection) this.begun = undefined;
    this.open.push({ isSelection, fields: isField ? 1 : 0 });
    if (isField) this.fields += 1;
    const { definition } = this;
    if (definition === undefined) return;
    definition.fields = Math.max(definition.fields, this.fields);
    definition.nesting = Math.max(definition.nesting, this.open.length);
  }

  private closeBracket(): void {
    const closed = this.open.pop();
    this.fields -= closed?.fields ?? 0;
    if (closed?.isSelection && this.open.length === 0) this.definition = undefined;
  }
}

/** Adds the sizes of spread fragments to each definition, innermost first. */
function throughFragments(
  definitions: readonly Definition[],
  fragments: ReadonlyMap<string, Definition>,
): TokenExtent {
  const spreadIn = new Map<Definition, { readonly by: Definition; readonly at: Spread }[]>();
  const left = new Map<Definition, number>();
  for (const by of definitions) {
    const spreads = by.spreads.filter(({ name }) => fragments.has(name));
    left.set(by, spreads.length);
    for (const at of spreads) {
      const fragment = fragments.get(at.name);
      if (fragment === undefined) continue;
      const known = spreadIn.get(fragment);
      if (known === undefined) spreadIn.set(fragment, [{ by, at }]);
      else known.push({ by, at });
    }
  }
  const measured = definitions.filter((definition) => left.get(definition) === 0);
  for (const fragment of measured) {
    for (const { by, at } of spreadIn.get(fragment) ?? []) {
      // The fragment's own selection set is the level that it is spread at.
      by.fields = Math.max(by.fields, at.fields - 1 + fragment.fields);
      by.nesting = Math.max(by.nesting, at.nesting + fragment.nesting);
      by.tokens += fragment.tokens;
      const rest = (left.get(by) ?? 0) - 1;
      left.set(by, rest);
      if (rest === 0) measured.push(by);
    }
  }
  const inCircles = definitions.length - measured.length;
  return definitions.reduce<TokenExtent>(
    (most, { fields, nesting, tokens }) => ({
      fields: Math.max(most.fields, fields),
      nesting: Math.max(most.nesting, nesting),
      tokens: Math.max(most.tokens, tokens),
    }),
    { fields: 0, nesting: inCircles, tokens: 0 },
  );
}
