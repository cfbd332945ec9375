import { isWritable } from '../../upstream/resources/date-time.js';
import { ValidationError } from '../errors/user-error.type.js';

/** A fielding period. Without a start, fielding starts immediately. */
export interface PeriodInput {
  readonly startAt?: Date;
  readonly endAt: Date;
}

/** What is wrong with a period. Only the API checks whether it is in the past. */
export function periodErrors({ startAt, endAt }: PeriodInput): readonly ValidationError[] {
  const dates = { ...(startAt && { startAt }), endAt };
  const outOfRange = Object.entries(dates).filter(([, date]) => !isWritable(date));
  if (outOfRange.length > 0) {
    return outOfRange.map(
      ([field]) => new ValidationError(`\`${field}\` must be in the years 1 to 9999, in UTC.`, [field]),
    );
  }
  if (startAt === undefined || endAt > startAt) return [];
  return [new ValidationError('`endAt` must be after `startAt`.', ['endAt'])];
}
