import { Lexer, Source, TokenKind, type Token } from 'graphql';

/**
 * The tokens of a document, without what the specification ignores between them: white space, line terminators, commas and
 * comments (GraphQL, 2.1.7). Two documents have the same form if, and only if, they have the same tokens.
 *
 * It does not recurse, and stops at the limit, so that it is safe for any text before parsing.
 *
 * @returns undefined if the text has too many tokens, or invalid ones
 */
export function canonicalForm(text: string, maxTokens: number): string | undefined {
  const lexer = new Lexer(new Source(text));
  const words: string[] = [];
  try {
    for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
      if (words.length === maxTokens) return undefined;
      words.push(wordOf(token));
    }
  } catch {
    return undefined;
  }
  return words.join(' ');
}

/**
 * Joining by spaces is unambiguous: kinds of tokens differ in their first character, and only strings, which are delimited,
 * contain spaces.
 */
function wordOf({ kind, value }: Token): string {
  switch (kind) {
    case TokenKind.NAME:
    case TokenKind.INT:
    case TokenKind.FLOAT:
      return value;
    case TokenKind.STRING:
      return JSON.stringify(value);
    case TokenKind.BLOCK_STRING:
      return `"""${JSON.stringify(value)}`;
    default:
      return kind;
  }
}
