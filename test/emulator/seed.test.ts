import { expect, test } from '@jest/globals';
import { demo } from '../../src/emulator/index.js';
import type { Row } from '../../src/emulator/seed/row.js';
import { demoRows } from '../../src/emulator/seed/rows.js';

const NOW = Date.UTC(2026, 5, 1, 12);
const rows = demoRows(NOW);

const undated = (row: Row): Row =>
  Object.fromEntries(Object.entries(row).filter(([column]) => !column.endsWith('_at')));

test('produces the same data apart from dates', () => {
  const later = demoRows(NOW + 1e10);
  for (const [table, tableRows] of Object.entries(rows)) {
    expect(later[table]!.map(undated)).toEqual(tableRows.map(undated));
  }
});

test('covers every status and list length', () => {
  expect(rows['accounts']).toHaveLength(2);
  expect(rows['target_groups']!.length).toBeGreaterThan(300);
  const inLarge = rows['target_groups']!.filter((row) => row['project_id'] === demo.largeProjectId);
  expect(inLarge.length).toBeGreaterThan(100);
  for (const status of ['scheduled', 'live', 'paused', 'completed']) {
    expect(rows['fielding_runs']!.filter((row) => row['status'] === status).length).toBeGreaterThan(20);
  }
  expect(rows['target_groups']!.filter((row) => row['archived'] === 1).length).toBeGreaterThan(10);
});

test('uses unique ULIDs', () => {
  const ids = ['projects', 'target_groups', 'fielding_runs'].flatMap((table) =>
    rows[table]!.map((row) => String(row['id'])),
  );
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter((id) => !/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(id))).toEqual([]);
});

test('changes nothing for three weeks except starting scheduled runs one by one', () => {
  const soon = NOW + 21 * 86_400_000;
  const live = rows['fielding_runs']!.filter((row) => row['status'] === 'live');
  expect(live.filter((row) => Number(row['end_at']) <= soon)).toEqual([]);
  const scheduled = rows['fielding_runs']!.filter((row) => row['status'] === 'scheduled');
  expect(scheduled.filter((row) => Number(row['start_at']) <= NOW + 6 * 86_400_000)).toEqual([]);
});

test('has a consistent history', () => {
  const groups = new Map(rows['target_groups']!.map((row) => [row['id'], row]));
  for (const run of rows['fielding_runs']!) {
    const group = groups.get(run['target_group_id'])!;
    expect(Number(group['created_at'])).toBeLessThan(Number(run['start_at']));
    expect(Number(run['last_changed_at'])).toBeLessThanOrEqual(NOW);
    expect(Number(group['updated_at'])).toBeGreaterThan(Number(group['created_at']));
    const lastComplete = group['last_complete_at'] ?? null;
    if (lastComplete !== null) expect(Number(lastComplete)).toBeGreaterThan(Number(run['start_at']));
  }
});
