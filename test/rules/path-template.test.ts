import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { pathTemplate } from '../../src/upstream/resources/path-template.js';

const contract = parse(
  readFileSync(new URL('../../schema/demand-api.openapi.yaml', import.meta.url), 'utf8'),
) as { paths: Record<string, unknown> };

/** The paths that the gateway calls, without webhooks. */
const paths = Object.keys(contract.paths).filter((path) => !path.includes('/webhooks/'));

describe('the template of a path', () => {
  test.each(paths)('equals that of the contract: %s', (path) => {
    for (const id of ['7', 'P1', 'projects', 'batch-jobs', 'pause', '{id}']) {
      const called = path.replaceAll(/\{\w+\}/g, id);
      expect(pathTemplate(called)).toBe(path);
      expect(pathTemplate(`${called}?limit=1&start_after=/accounts/7`)).toBe(path);
    }
  });

  test('contains the kind of a new job', () => {
    expect(pathTemplate('/demand/accounts/7/projects/P1/batch-jobs/pause-them')).toBe(
      '/demand/accounts/{account_id}/projects/{project_id}/batch-jobs/pause-them',
    );
  });
});
