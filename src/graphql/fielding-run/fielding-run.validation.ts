import { isWritable } from '../../upstream/resources/moment.js';
import { ValidationError } from '../errors/user-error.type.js';

/** When fieldwork is to start and end, as inputs name it. Without a start it starts at once. */
export interface PeriodInput {
  readonly startAt?: Date;
  readonly endAt: Date;
}

/** What is wrong with a period. Whether it lies in the past is the API's to say. */
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
