import { describe, expect, test } from '@jest/globals';
import { paths, rest } from './demand.js';
import { useScripted } from './scripted.js';

const refs = Array.from({ length: 24 }, (_, index) => ({ alias: `p${index}`, projectId: `P${index}` }));
const EVERY_PROJECT = `{
  ${refs.map(({ alias, projectId }) => `${alias}: project(id: "101/${projectId}") { name }`).join('\n')}
}`;

describe.each([1, 3])('with DEMAND_API_CONCURRENCY=%i', (most) => {
  const scripted = useScripted({ env: { DEMAND_API_CONCURRENCY: String(most) } });

  test('bounds the requests in flight of all callers, and all succeed', async () => {
    scripted.upstream.on('GET', /^\/demand\/accounts\/101\/projects\/P\d+$/, ({ path }) => {
      const id = path.slice(path.lastIndexOf('/') + 1);
      return { body: { ...rest.project, id, name: `Project ${id}` }, delayMs: 5 };
    });
    const tokens = ['alice', 'bob'];
    const answers = await Promise.all(tokens.map((token) => scripted.execute(EVERY_PROJECT, {}, { token })));
    for (const { data, errors } of answers) {
      expect(errors).toEqual([]);
      expect(data).toEqual(
        Object.fromEntries(refs.map(({ alias, projectId }) => [alias, { name: `Project ${projectId}` }])),
      );
    }
    expect(scripted.upstream.requests).toHaveLength(tokens.length * refs.length);
    expect(scripted.upstream.maxInFlight()).toBe(most);
  });

  test('a failed request frees its permit', async () => {
    scripted.upstream.on('GET', /./, ({ path }) =>
      path.endsWith('0') ? { status: 403 } : { body: { ...rest.project, name: 'Pets' } },
    );
    const { data, errors } = await scripted.execute(EVERY_PROJECT);
    expect(errors).toHaveLength(3);
    expect(data).toMatchObject({ p0: null, p1: { name: 'Pets' }, p23: { name: 'Pets' } });
    expect(scripted.calls()).toContain(`GET /v1${paths.projects}/P23`);
  });
});
