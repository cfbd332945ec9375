import { BadUserInputError } from '../../errors.js';

const MAX_LENGTH = 64;
/** Of an ISO 8601 duration without signs, with a fraction in its last part alone, if at all. */
const UNSIGNED = /^P[\dYMWDTHS]+(?:[.,]\d+[A-Z])?$/;

/**
 * An interval as the API takes it: a fraction is written with a point, whichever sign the client wrote (ISO 8601 has both).
 *
 * @param duration ISO 8601 text
 * @throws {BadUserInputError} where time cannot be cut into intervals so long
 */
export function intervalOf(duration: string, argument: string): string {
  if (duration.length <= MAX_LENGTH && UNSIGNED.test(duration) && /[1-9]/.test(duration)) {
    return duration.replace(',', '.');
  }
  throw new BadUserInputError(
    `Argument \`${argument}\` must be a duration longer than zero, without a sign, e.g. \`P1D\`.`,
  );
}
