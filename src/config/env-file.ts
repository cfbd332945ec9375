import { readFileSync } from 'node:fs';
import { loadEnvFile } from 'node:process';
import { ConfigError } from './config-error.js';

/**
 * A variable, a comment or a blank line. A value in quotes may have several lines. Node.js takes a line that is none of these for a part of
 * the next name, or leaves it out, depending on its version. It takes space other than blanks for a part of the name, too.
 */
const ENTRY = new RegExp(
  [
    / *(?:export +)?[A-Za-z_]\w* *=[ \t]*(?:"[^"]*"|'[^']*'|`[^`]*`|[^"'`\r\n][^\r\n]*)?[ \t]*(?:#[^\r\n]*)?(?:\n|$)/,
    /[ \t]*(?:#[^\r\n]*)?(?:\n|$)/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'y',
);

/** Node.js would take it for a part of the first name, so that the first variable would not be set. */
const BYTE_ORDER_MARK = '\uFEFF';

/** @returns the number of the first line of an env file that sets no variable and is no comment; undefined if all are well-formed */
export function malformedLine(text: string): number | undefined {
  let position = 0;
  while (position < text.length) {
    ENTRY.lastIndex = position;
    if (!ENTRY.test(text)) return text.slice(0, position).split('\n').length;
    position = ENTRY.lastIndex;
  }
  return undefined;
}

/**
 * Sets the variables of an env file, if there is one, in the environment of this process, as `node --env-file-if-exists` does.
 * Variables that are set already keep their values.
 *
 * @param path default: `.env` in the current directory
 * @throws {ConfigError} if the file cannot be read or is malformed. Then nothing is set. The message does not repeat what is in the file
 */
export function useEnvFile(path = '.env'): void {
  const text = readIfExists(path);
  if (text === undefined) return;
  if (text.startsWith(BYTE_ORDER_MARK)) {
    throw new ConfigError(`${path} must not begin with a byte order mark: save it as UTF-8 without one`);
  }
  // As Node.js does with the line ends of Windows.
  const line = malformedLine(text.replaceAll('\r\n', '\n'));
  if (line !== undefined) {
    throw new ConfigError(
      `${path}, line ${line}: must be NAME=value or a # comment, and quotes must be closed`,
    );
  }
  loadEnvFile(path);
}

function readIfExists(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new ConfigError(`${path} cannot be read: ${message}`, { cause: error });
  }
}
