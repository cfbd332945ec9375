import { GraphQLError, Lexer, Source, TokenKind, type Token } from 'graphql';

/**
 * The most levels of brackets of any kind, each fragment counted where it is spread. Parsing and validating recurse by
 * them: on Node's stack of 984 KiB they get through twice as many, whatever the brackets are.
 */
export const MAX_NESTING = 500;

export interface DocumentLimits {
  /** The most levels of fields. */
  readonly maxDepth: number;
  /**
   * How many tokens a document may have, each fragment written out where it is spread: fragments that spread others twice
   * double what there is to execute at each level. The parser takes no more, and what comes after them is not looked at.
   */
  readonly maxTokens: number;
}

/** How deep and how large a document is, its fragments counted where they are spread. */
export interface DocumentExtent {
  /** Levels of fields: `{ a { b } }` has two. Fragments, inline ones included, add none of their own. */
  readonly fields: number;
  /** Levels of brackets of any kind, those of values and types included. */
  readonly nesting: number;
  /** Tokens of its largest operation or fragment, but for a few at either end. */
  readonly tokens: number;
}

/**
 * Why a document is too deep or too large, or undefined where it is neither. It looks at the text alone, so that a document
 * can be refused before it is parsed.
 */
export function documentLimitError(
  source: string,
  { maxDepth, maxTokens }: DocumentLimits,
): GraphQLError | undefined {
  const { fields, nesting, tokens } = measure(source, maxTokens);
  if (fields > maxDepth) return tooDeep('fields', fields, `${maxDepth} levels are allowed (MAX_DEPTH)`);
  if (nesting > MAX_NESTING) return tooDeep('brackets', nesting, `${MAX_NESTING} levels are allowed`);
  if (tokens <= maxTokens) return undefined;
  return refusal(
    `The document has more than ${maxTokens} tokens, fragments written out where they are spread. No more are allowed.`,
  );
}

function tooDeep(what: string, depth: number, allowed: string): GraphQLError {
  return refusal(
    `The ${what} of the document are nested ${depth} levels deep, fragments included. At most ${allowed}.`,
  );
}

function refusal(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } } });
}

/**
 * Takes time in proportion to the length of the text, and no stack. Where fragments spread each other in a circle, which
 * validation refuses, each of them counts once.
 */
export function measure(source: string, maxTokens: number): DocumentExtent {
  const scanner = new Scanner();
  for (const token of tokensOf(source, maxTokens)) scanner.take(token);
  return throughFragments(scanner.definitions, scanner.fragments);
}

/** Those before the first error in the text, which is for the parser to tell. */
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

/** What a bracket opens: a selection set, which adds a level of fields or none, or values. */
interface Bracket {
  readonly isSelection: boolean;
  readonly fields: 0 | 1;
}

/** Takes the tokens of a document, and measures its definitions. What is no valid document ends before it could mislead. */
class Scanner {
  readonly definitions: Definition[] = [];
  readonly fragments = new Map<string, Definition>();
  private definition: Definition | undefined;
  private readonly open: Bracket[] = [];
  private fields = 0;
  /** What the tokens before this one have begun. */
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

/** Adds to each definition what the fragments that it spreads have, the innermost first. */
function throughFragments(
  definitions: readonly Definition[],
  fragments: ReadonlyMap<string, Definition>,
): DocumentExtent {
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
  return definitions.reduce<DocumentExtent>(
    (most, { fields, nesting, tokens }) => ({
      fields: Math.max(most.fields, fields),
      nesting: Math.max(most.nesting, nesting),
      tokens: Math.max(most.tokens, tokens),
    }),
    { fields: 0, nesting: inCircles, tokens: 0 },
  );
}
