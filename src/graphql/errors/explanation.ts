import type { UpstreamErrorDetails } from '../../upstream/errors.js';
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
  const invalid = invalidParams.flatMap(({ name, reason }) => {
    if (reason === undefined) return [];
    const path = pathOf(name);
    return [`${path === null ? name : `\`${path.join('.')}\``}: ${withInputNames(reason, pathOf)}`];
  });
  const text = detail === undefined ? general : withInputNames(detail, pathOf);
  return invalid.length === 0 ? text : `${text} (${invalid.join('; ').slice(0, MAX_INVALID_LENGTH)})`;
}
