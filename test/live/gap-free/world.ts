import type { ChildProcess } from 'node:child_process';
import { demo } from '../../../src/emulator/index.js';
import { Processes, respondsOk } from '../../drills/processes.js';
import { freePort } from '../../helpers/ports.js';
import { callApi, startTestEmulator, type TestEmulator } from '../../helpers/emulator.js';
import { TestRedis } from '../../helpers/redis.js';
import { WebhookRelay } from './webhook-relay.js';

/** A tenth of the defaults, so that what takes seconds in production takes moments here. */
const SCALED = { POLL_MIN_MS: '100', POLL_MAX_MS: '800', POLL_LEASE_MS: '500' };

/** An emulator, Redis, and two gateways that can be killed. */
export class World {
  readonly #processes = new Processes();
  readonly #gateways: (ChildProcess | undefined)[] = [];
  readonly #starting = new Set<Promise<void>>();
  #isRedisRunning = true;

  private constructor(
    readonly emulator: TestEmulator,
    readonly redis: TestRedis,
    readonly relay: WebhookRelay,
    readonly urls: readonly string[],
    private readonly secret: string,
  ) {}

  static async open(): Promise<World> {
    const [emulator, redis] = await Promise.all([startTestEmulator({ jobStepMs: 30 }), TestRedis.start()]);
    const ports = [await freePort(), await freePort()];
    const urls = ports.map((port) => `http://127.0.0.1:${port}`);
    const relay = new WebhookRelay(urls);
    const response = await callApi(emulator, 'POST', `/accounts/${demo.accountId}/webhooks`, {
      body: { url: await relay.listen(), events: ['target-group-updated', 'quota-fill-registered'] },
    });
    const { secret } = (await response.json()) as { secret: string };
    const world = new World(emulator, redis, relay, urls, secret);
    await Promise.all(urls.map((_, index) => world.#start(index)));
    return world;
  }

  /** Stops Redis, or starts it again, empty. */
  async toggleRedis(): Promise<void> {
    await (this.#isRedisRunning ? this.redis.stop() : this.redis.start());
    this.#isRedisRunning = !this.#isRedisRunning;
  }

  /** Kills a gateway. It starts again, which this does not wait for. */
  async kill(index: number): Promise<void> {
    const gateway = this.#gateways[index];
    if (gateway === undefined) return;
    this.#gateways[index] = undefined;
    await this.#processes.end(gateway, 'SIGKILL');
    const starting = this.#start(index).finally(() => this.#starting.delete(starting));
    this.#starting.add(starting);
  }

  /** Has all that was killed or stopped run again. */
  async heal(): Promise<void> {
    this.relay.deliveries = 'delivered';
    if (!this.#isRedisRunning) await this.toggleRedis();
    await Promise.all(this.#starting);
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#starting);
    await this.#processes.killAll();
    await this.relay.close();
    await this.redis.close();
    await this.emulator.close();
  }

  async #start(index: number): Promise<void> {
    const url = this.urls[index]!;
    this.#gateways[index] = await this.#processes.start(
      [process.execPath, 'dist/main.js'],
      {
        PORT: new URL(url).port,
        DEMAND_API_URL: this.emulator.url,
        REDIS_URL: this.redis.url,
        WEBHOOK_SECRET: this.secret,
        LOG_LEVEL: 'silent',
        ...SCALED,
      },
      () => respondsOk(`${url}/readyz`),
    );
  }
}
