import { describe, expect, test } from '@jest/globals';
import { demo } from '../../src/emulator/index.js';
import type { Row } from '../../src/emulator/seed/row.js';
import { demoRows } from '../../src/emulator/seed/rows.js';
import { DemoData } from '../../src/emulator/seed/seed.js';
import { openDatabase } from '../../src/emulator/store/database.js';

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

describe('restoring the demo data', () => {
  const HOUR = 3_600_000;
  const open = () => {
    const database = openDatabase(':memory:');
    const data = new DemoData(database);
    const state = () =>
      Object.fromEntries(
        Object.keys(rows).map((table) => [table, database.all(`SELECT * FROM ${table} ORDER BY 1, 2`)]),
      );
    const change = () => {
      database.run('DELETE FROM changelog');
      database.run(`UPDATE target_groups SET name = 'Changed', archived = 1`);
      database.run(`INSERT INTO accounts VALUES (303, 'New')`);
      database.run(`INSERT INTO users VALUES (303, 'new', 'new@example.org', 'New', 0)`);
      database.run(`INSERT INTO idempotency_keys VALUES ('demo', 303, 'key', '/jobs/1')`);
    };
    data.restore(NOW);
    return { database, data, state, change };
  };

  test.each([
    ['in the same hour', NOW + HOUR - 1],
    ['hours later', NOW + 5 * HOUR],
    ['after a shifted clock was set right', NOW - 5 * HOUR],
  ])('undoes every change, %s, as new data of that time', (_when, now) => {
    const { database, data, state, change } = open();
    for (let times = 0; times < 2; times += 1) {
      change();
      data.restore(now);
      const fresh = open();
      fresh.data.restore(now);
      expect(state()).toEqual(fresh.state());
      expect(database.all('SELECT * FROM idempotency_keys')).toEqual([]);
      fresh.database.close();
    }
    database.close();
  });

  test('keeps the check of references and the keys that sign tokens', () => {
    const { database, data, change } = open();
    database.run(`INSERT INTO signing_keys VALUES (1, 'kid', 'ES256', '{}')`);
    change();
    data.restore(NOW);
    expect(() => database.run('DELETE FROM accounts')).toThrow('FOREIGN KEY');
    expect(database.all('PRAGMA foreign_key_check')).toEqual([]);
    expect(database.all('SELECT kid FROM signing_keys')).toEqual([{ kid: 'kid' }]);
    database.close();
  });
});
