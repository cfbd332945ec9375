import type { Page } from 'playwright-core';
import type * as rest from '../../src/contract/demand-api.js';
import { demo } from '../../src/emulator/index.js';
import type { FirstQuery } from '../../src/operations/first-query.js';
import { callApi, demoPaths, readApi, startTestEmulator, type TestEmulator } from '../helpers/emulator.js';
import { startTestGateway } from '../helpers/gateway.js';
import { BROWSER_TIMEOUT_MS, hasBrowser, startBrowser, type TestBrowser } from './chromium.js';

const project = `${demo.accountId}/${demo.projectId}`;
const targetGroup = `${project}/${demo.live.targetGroupId}`;
const firstQuery: FirstQuery = {
  document: `query Name($id: ID!) {
  targetGroup(id: $id) { name customerReferenceNumber }
}

mutation Pause($input: PauseTargetGroupsInput!) {
  pauseTargetGroups(input: $input) { batchJob { id } userErrors { code } }
}

subscription Follow($run: ID!) {
  fieldingRunUpdated(id: $run) { status version }
}
`,
  variables: {
    id: targetGroup,
    run: `${targetGroup}/${demo.live.fieldingRunId}`,
    input: { targetGroupIds: [targetGroup] },
  },
  headers: { Authorization: `Bearer ${demo.token}` },
};

(hasBrowser ? describe : describe.skip)('GraphiQL in a browser', () => {
  let emulator: TestEmulator;
  let browser: TestBrowser;

  beforeAll(async () => {
    emulator = await startTestEmulator();
    browser = await startBrowser();
  }, BROWSER_TIMEOUT_MS);
  afterAll(async () => {
    await browser.close();
    await emulator.close();
  }, BROWSER_TIMEOUT_MS);

  test(
    'runs the query that it shows at first, and the mutation beside it',
    async () => {
      const overview = await readApi<rest.TargetGroupOverview>(
        emulator,
        `${demoPaths.targetGroup(demo.live)}/overview`,
      );
      await explore('/graphiql', async (page) => {
        await run(page, 'Name');
        await shows(page, `"name": "${overview.target_group_name}"`);
        const number = overview.target_group_customer_reference_number ?? null;
        await shows(page, `"customerReferenceNumber": ${JSON.stringify(number)}`);
        await run(page, 'Pause');
        await shows(page, '"userErrors": []');
      });
      const effects = await emulator.control.effects();
      expect(effects.filter(({ operation }) => operation === 'create_batch_job')).toHaveLength(1);
    },
    BROWSER_TIMEOUT_MS,
  );

  test(
    'shows each state of a subscription',
    async () => {
      await emulator.control.reset();
      await explore('/graphiql', async (page) => {
        await run(page, 'Follow');
        await shows(page, '"status": "LIVE"');
        await callApi(emulator, 'POST', `${demoPaths.run(demo.live)}/pause`, {
          headers: { 'if-match': 'W/"5"' },
        });
        await shows(page, '"status": "PAUSED"');
        await shows(page, '"version": "6"');
      });
    },
    BROWSER_TIMEOUT_MS,
  );

  test(
    'shows again what was edited: the address holds it',
    async () => {
      const edited = 'query Edited { accounts { name } }';
      await explore(`/graphiql?query=${encodeURIComponent(edited)}`, async (page) => {
        await run(page);
        await shows(page, 'Northwind Insights');
      });
    },
    BROWSER_TIMEOUT_MS,
  );

  /** Opens the explorer; nothing may go wrong on the page, and nothing come from elsewhere. */
  async function explore(path: string, use: (page: Page) => Promise<void>): Promise<void> {
    const gateway = await startTestGateway({ demandApiUrl: emulator.url, firstQuery });
    const page = await browser.context.newPage();
    const troubles: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') troubles.push(`console: ${message.text()} ${message.location().url}`);
    });
    page.on('pageerror', (error) => troubles.push(`page: ${error.message}`));
    page.on('requestfailed', (request) => troubles.push(`failed: ${request.url()}`));
    page.on('request', (request) => {
      const { origin, protocol } = new URL(request.url());
      if (origin !== gateway.url && !['data:', 'blob:'].includes(protocol)) {
        troubles.push(`elsewhere: ${request.url()}`);
      }
    });
    try {
      await page.goto(gateway.url + path);
      await use(page);
      expect(troubles).toEqual([]);
    } finally {
      await page.close();
      await gateway.close();
    }
  }
});

/** Runs what is in the editor, or one of its operations, which the button then offers. */
async function run(page: Page, operation?: string): Promise<void> {
  await page.locator('.graphiql-execute-button').click();
  if (operation !== undefined) await page.getByRole('menuitem', { name: operation }).click();
}

/** Waits until the result holds `text`. Its spaces are non-breaking ones there. */
async function shows(page: Page, text: string): Promise<void> {
  const words = text.split(' ').map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const result = page.locator('.result-window').filter({ hasText: new RegExp(words.join('\\s')) });
  await result.waitFor();
}
