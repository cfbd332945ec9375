/**
 * Apollo Sandbox under the policy of its page. Its script and its frame come from Apollo; here they are replaced by some that do
 * what the real ones do to the page.
 */
import type { Page } from 'playwright-core';
import { startTestEmulator, type TestEmulator } from '../helpers/emulator.js';
import { startTestGateway, type TestGateway } from '../helpers/gateway.js';
import { BROWSER_TIMEOUT_MS, hasBrowser, startBrowser, type TestBrowser } from './chromium.js';

const firstQuery = {
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
    gateway = await startTestGateway({ demandApiUrl: emulator.url, firstQuery });
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
