import type { CompletesInInterval, RespondentStatusCount } from '../../contract/demand-api.js';
import { timestamp } from '../clock.js';

/** The number of completed interviews between a start and the last complete. Times are milliseconds since the epoch. */
export interface Completes {
  readonly count: number;
  readonly startAt: number;
  readonly lastAt: number;
}

/** A duration. Months are separate because their length varies. */
interface Interval {
  readonly months: number;
  readonly milliseconds: number;
}

const NUMBER = String.raw`(\d+(?:[.,]\d+)?)`;
const DURATION = new RegExp(
  `^P(?=\\d|T\\d)(?:${NUMBER}Y)?(?:${NUMBER}M)?(?:${NUMBER}W)?(?:${NUMBER}D)?` +
    `(?:T(?:${NUMBER}H)?(?:${NUMBER}M)?(?:${NUMBER}S)?)?$`,
);
/** Only the last component may have a fraction (ISO 8601). */
const WITHOUT_OTHER_FRACTIONS = /^[^.,]*(?:[.,]\d+[A-Z])?$/;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** For a fraction of a month. */
const MONTH = 30 * DAY;

/** Parses an ISO 8601 duration. @returns undefined if the text is not a duration, or is zero */
export function parseInterval(text: string): Interval | undefined {
  const match = DURATION.exec(text);
  if (match === null || !WITHOUT_OTHER_FRACTIONS.test(text)) return undefined;
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = match
    .slice(1)
    .map((part: string | undefined) => Number(part?.replace(',', '.') ?? 0));
  const allMonths = years * 12 + months;
  const interval = {
    months: Math.trunc(allMonths),
    milliseconds:
      (allMonths % 1) * MONTH +
      weeks * 7 * DAY +
      days * DAY +
      hours * HOUR +
      minutes * MINUTE +
      seconds * SECOND,
  };
  return interval.months + interval.milliseconds > 0 ? interval : undefined;
}

/**
 * Counts the completes in each interval from the start to the last complete, oldest first. Completes are spread
 * evenly over that time.
 *
 * @param limit the largest number of intervals
 * @returns undefined if there would be more
 */
export function completesByInterval(
  completes: Completes,
  interval: Interval,
  limit: number,
): CompletesInInterval[] | undefined {
  if (completes.count === 0) return [];
  const stretches: CompletesInInterval[] = [];
  let from = completes.startAt;
  while (from <= completes.lastAt) {
    if (stretches.length === limit) return undefined;
    const to = after(completes.startAt, interval, stretches.length + 1);
    stretches.push({
      timestamp: timestamp(from),
      count: countBefore(completes, to) - countBefore(completes, from),
    });
    from = to;
  }
  return stretches;
}

export function firstComplete({ count, startAt, lastAt }: Completes): number {
  return Math.round(startAt + (lastAt - startAt) / count);
}

function countBefore({ count, startAt, lastAt }: Completes, moment: number): number {
  if (moment > lastAt) return count;
  if (moment <= startAt) return 0;
  return Math.ceil((count * (moment - startAt)) / (lastAt - startAt)) - 1;
}

/** Adds to the start rather than to the previous interval, so that a short month does not shorten later ones. */
function after(start: number, { months, milliseconds }: Interval, times: number): number {
  const moment = new Date(start);
  const day = moment.getUTCDate();
  moment.setUTCDate(1);
  moment.setUTCMonth(moment.getUTCMonth() + months * times);
  const lastDay = new Date(Date.UTC(moment.getUTCFullYear(), moment.getUTCMonth() + 1, 0)).getUTCDate();
  moment.setUTCDate(Math.min(day, lastDay));
  return moment.getTime() + milliseconds * times;
}

/** Breaks `entrants` down by outcome. The counts add up to `entrants`. */
export function respondentAnalysis(
  entrants: number,
  prescreens: number,
  completes: number,
): RespondentStatusCount[] {
  return [
    {
      status: 'Complete',
      label: 'Came back complete',
      description: 'The interview was finished.',
      count: completes,
    },
    {
      status: 'Terminate',
      label: 'Did not qualify',
      description: 'The screening questions were not passed.',
      count: entrants - prescreens,
    },
    {
      status: 'In Survey',
      label: 'Did not come back',
      description: 'The interview was begun and is not finished.',
      count: prescreens - completes,
    },
  ];
}
