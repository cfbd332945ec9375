import { TargetGroupChangeType, type TargetGroupPerformance } from '../../contract/demand-api.js';
import { timestamp } from '../clock.js';
import { badRequest, invalidParam } from '../http/problem.js';
import { objectSchema } from '../http/schemas.js';
import {
  completesByInterval,
  firstComplete,
  parseInterval,
  respondentAnalysis,
  type Completes,
} from '../rules/completes.js';
import type { Services } from '../services.js';
import { findSequence, listChanges } from '../store/changelog.js';
import type { TargetGroupRecord } from '../store/target-groups.js';
import { launchedTargetGroupAt, targetGroupAt } from './find.js';
import type { RouteTable } from './route.js';
import { money } from './target-group-views.js';

const DEFAULT_INTERVAL = 'P1D';
const MAX_INTERVALS = 5000;
const MAX_CHANGES = 50;
/** The share of entrants that pass the screening questions. */
const SHARE_SCREENED = 0.7;

export const targetGroupStatisticRoutes = {
  'GET /demand/accounts/{account_id}/projects/{project_id}/target-groups/{target_group_id}/performance': {
    handle: ({ path }, services) => ({
      status: 200,
      body: performance(launchedTargetGroupAt(services, path)),
    }),
  },

  'GET /demand/accounts/{account_id}/projects/{project_id}/target-groups/{target_group_id}/completes-aggregated-by-interval':
    {
      query: objectSchema({ aggregation_interval: { type: 'string' } }),
      handle: ({ path, query }, services) => {
        const group = launchedTargetGroupAt(services, path);
        const interval = parseInterval(query.aggregation_interval ?? DEFAULT_INTERVAL);
        if (interval === undefined) {
          throw invalidParam('aggregation_interval', 'must be an ISO 8601 duration, e.g. P1D');
        }
        const intervals = completesByInterval(completesOf(group), interval, MAX_INTERVALS);
        if (intervals === undefined) {
          throw invalidParam('aggregation_interval', `must be longer: there are more than ${MAX_INTERVALS}`);
        }
        return { status: 200, body: { aggregated_completes_intervals: intervals } };
      },
    },

  'GET /demand/accounts/{account_id}/projects/{project_id}/target-groups/{target_group_id}/changelog': {
    query: objectSchema({
      page_size: { type: 'integer', minimum: 1, maximum: MAX_CHANGES },
      start_after: { type: 'string' },
      end_before: { type: 'string' },
      change_types: { type: 'array', items: { enum: Object.values(TargetGroupChangeType) } },
    }),
    handle: ({ path, query }, services) => {
      const { id } = targetGroupAt(services, path);
      const {
        page_size: size = MAX_CHANGES,
        start_after: after,
        end_before: before,
        change_types: types,
      } = query;
      if (after !== undefined && before !== undefined) {
        throw badRequest('start_after and end_before cannot be used together.');
      }
      const { entries, hasMore } = listChanges(services.database, id, {
        size,
        types,
        olderThan: after === undefined ? undefined : sequenceOf(services, id, 'start_after', after),
        newerThan: before === undefined ? undefined : sequenceOf(services, id, 'end_before', before),
      });
      const last = entries.at(-1);
      const isLastPage = before === undefined && !hasMore;
      return {
        status: 200,
        body: {
          changelog: entries.map(({ id: entryId, occurredAt, user, changes }) => ({
            id: entryId,
            occurred_at: timestamp(occurredAt),
            user,
            changes,
          })),
          next_cursor: isLastPage || last === undefined ? '' : last.id,
        },
      };
    },
  },
} satisfies Partial<RouteTable>;

function sequenceOf({ database }: Services, targetGroupId: string, name: string, cursor: string): number {
  const sequence = findSequence(database, targetGroupId, cursor);
  if (sequence === undefined) throw invalidParam(name, 'is not a known cursor');
  return sequence;
}

function completesOf({ currentCompletes, startAt, lastCompleteAt, createdAt }: TargetGroupRecord): Completes {
  const start = startAt ?? createdAt;
  return { count: currentCompletes, startAt: start, lastAt: Math.max(lastCompleteAt ?? start, start) };
}

function performance(group: TargetGroupRecord): TargetGroupPerformance {
  const completes = completesOf(group);
  const entrants = Math.round(group.currentPrescreens / SHARE_SCREENED);
  return {
    entrants,
    prescreens: group.currentPrescreens,
    completes: completes.count,
    completes_cost: money(group.costPerInterview * completes.count),
    ...(completes.count > 0 && {
      first_complete: timestamp(firstComplete(completes)),
      last_complete: timestamp(completes.lastAt),
    }),
    ...(group.incidenceRate !== null && { incidence_rate: group.incidenceRate }),
    ...(group.dropOffRate !== null && { drop_off_rate: group.dropOffRate }),
    ...(group.conversionRate !== null && { conversion_rate: group.conversionRate }),
    respondent_analysis: {
      live: respondentAnalysis(entrants, group.currentPrescreens, completes.count),
      test: [],
    },
  };
}
