import { randomUUID } from 'node:crypto';
import type { TargetGroupChange, TargetGroupChangeType } from '../../contract/demand-api.js';
import type { Database } from './database.js';

/** The author of a change: a person, the marketplace, or the API itself. */
export type Actor =
  | { readonly type: 'las_user'; readonly las_user_id: string }
  | { readonly type: 'system_marketplace_user' }
  | { readonly type: 'system_user' };

/** Changes that were made together. */
export interface ChangelogEntry {
  readonly sequence: number;
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly occurredAt: number;
  readonly user: Actor;
  readonly changes: readonly TargetGroupChange[];
}

interface ChangelogRow {
  readonly sequence: number;
  readonly id: string;
  readonly occurredAt: number;
  readonly changedBy: Actor['type'];
  readonly userId: string | null;
  readonly changes: string;
}

/** Call it in the transaction that makes the changes. @returns the id of the entry */
export function insertChanges(
  database: Database,
  targetGroupId: string,
  { occurredAt, user, changes }: Omit<ChangelogEntry, 'sequence' | 'id'>,
): string {
  const id = randomUUID();
  database.run(
    `INSERT INTO changelog (id, target_group_id, occurred_at, changed_by, user_id, changes)
    VALUES (:id, :targetGroupId, :occurredAt, :changedBy, :userId, :changes)`,
    {
      id,
      targetGroupId,
      occurredAt,
      changedBy: user.type,
      userId: user.type === 'las_user' ? user.las_user_id : null,
      changes: JSON.stringify(changes),
    },
  );
  return id;
}

/** The position of an entry in its target group's changelog. */
export function findSequence(database: Database, targetGroupId: string, id: string): number | undefined {
  return database.first<{ sequence: number }>(
    `SELECT sequence FROM changelog WHERE target_group_id = :targetGroupId AND id = :id`,
    { targetGroupId, id },
  )?.sequence;
}

interface ChangelogPage {
  readonly size: number;
  readonly olderThan?: number | undefined;
  readonly newerThan?: number | undefined;
  /** Only entries with a change of one of these types. */
  readonly types?: readonly TargetGroupChangeType[] | undefined;
}

/** Lists entries, newest first. With `newerThan`, the page holds the entries directly after that one. */
export function listChanges(
  database: Database,
  targetGroupId: string,
  { size, olderThan, newerThan, types }: ChangelogPage,
): { readonly entries: readonly ChangelogEntry[]; readonly hasMore: boolean } {
  const rows = database.all<ChangelogRow>(
    `SELECT sequence, id, occurred_at AS occurredAt, changed_by AS changedBy, user_id AS userId, changes
    FROM changelog
    WHERE target_group_id = :targetGroupId
      AND (:olderThan IS NULL OR sequence < :olderThan)
      AND (:newerThan IS NULL OR sequence > :newerThan)
      AND (:types IS NULL OR EXISTS (
        SELECT 1 FROM json_each(changes) change
        WHERE json_extract(change.value, '$.object') IN (SELECT value FROM json_each(:types))))
    ORDER BY sequence ${newerThan === undefined ? 'DESC' : 'ASC'} LIMIT :limit`,
    {
      targetGroupId,
      olderThan: olderThan ?? null,
      newerThan: newerThan ?? null,
      types: types === undefined ? null : JSON.stringify(types),
      limit: size + 1,
    },
  );
  const entries = rows.slice(0, size).map(entryOf);
  return {
    entries: newerThan === undefined ? entries : entries.toReversed(),
    hasMore: rows.length > size,
  };
}

function entryOf({ changedBy, userId, changes, ...row }: ChangelogRow): ChangelogEntry {
  return {
    ...row,
    user: changedBy === 'las_user' ? { type: changedBy, las_user_id: userId ?? '' } : { type: changedBy },
    changes: JSON.parse(changes) as TargetGroupChange[],
  };
}
