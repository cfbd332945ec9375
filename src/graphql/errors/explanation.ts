import type { UpstreamErrorDetails } from '../../upstream/errors.js';
import { inWords } from './argument-names.js';
import { withInputNames, type InputPath } from './input-path.js';

const MAX_INVALID_LENGTH = 500;

/**
 * The API's explanation of a rejection, with the invalid parameters that it lists, in the words of the graph.
 *
 * @param general the text if the API gives none that may be shown
 * @param pathOf maps names in the REST request to arguments or paths in the input. Default: to none
 */
export function explanationOf(
  { detail, invalidParams = [] }: UpstreamErrorDetails,
  general: string,
  pathOf: InputPath = () => null,
): string {
  const shown = invalidParams.flatMap(({ name, reason }) =>
    reason === undefined || says(detail, `${name} ${reason}`) ? [] : [{ name, reason }],
  );
  const invalid = shown
    .map(({ name, reason }) => `${inWords(name, pathOf)}: ${withInputNames(reason, pathOf)}`)
    .join('; ')
    .slice(0, MAX_INVALID_LENGTH);
  const text = detail === undefined ? general : withInputNames(detail, pathOf);
  if (invalid === '') return text;
  // The name of the parameter makes the text of the API complete.
  if (shown.some(({ reason }) => plain(reason) === plain(detail))) return invalid;
  return `${text} (${invalid})`;
}

function says(detail: string | undefined, problem: string): boolean {
  return plain(detail).includes(plain(problem));
}

/** A text without what differs between a sentence and its parts: quotes, colons, and the full stop at the end. */
function plain(text = ''): string {
  return text
    .replace(/["'`:]/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
}
