import { setTimeout as sleep } from 'node:timers/promises';
import { createClient, ErrorReply } from 'redis';
import type { RedisConfig } from '../../config.js';
import type { Logger } from '../../telemetry/logger.js';
import { hasEvictingPolicy } from './memory-policy.js';
import { scripts } from './scripts.js';
import { withTimeout, TimeoutError } from './with-timeout.js';

/** Of all keys and channels, so that other programs can use the same Redis. */
export const PREFIX = 'fieldgate:';
/** The longest delay between two attempts to connect. It is short, so that the gateway recovers soon. */
const MAX_RECONNECT_DELAY_MS = 1000;
const FIRST_RECONNECT_DELAY_MS = 50;
const CONNECT_TIMEOUT_MS = 2000;
/**
 * Pings detect a server that has vanished without closing the connection: it is replaced after two pings without data.
 */
const PING_INTERVAL_MS = 2000;
const SOCKET_TIMEOUT_MS = 5000;
/** Commands without a reply. Further ones are rejected. */
const MAX_PENDING_COMMANDS = 10_000;
/** How long the start waits for Redis. */
const START_WITHIN_MS = 3000;
/** Rejected commands, e.g. of a server without memory, are logged at most once in this time. */
const REJECTIONS_LOGGED_EVERY_MS = 60_000;

type RedisClient = ReturnType<typeof clientOf>;

/**
 * The connections of this process to Redis: one for commands, one for messages. While either is disconnected, commands fail at
 * once instead of waiting, and the client keeps reconnecting.
 */
export class RedisConnection {
  readonly #config: RedisConfig;
  readonly #logger: Logger;
  readonly #commands: RedisClient;
  /** Receives messages. */
  readonly subscriber: RedisClient;
  #wasConnected: boolean | undefined;
  #rejectionLoggedAt = -Infinity;
  /** Whether a reply is overdue. No command is sent until it arrives, or the connection is replaced. */
  #isStalled = false;
  #isClosed = false;

  constructor(config: RedisConfig, logger: Logger) {
    this.#config = config;
    this.#logger = logger;
    this.#commands = this.#client();
    this.subscriber = this.#client();
    this.#commands.on('ready', () => void this.#checkMemoryPolicy());
  }

  /** Connects, and waits until the first attempt succeeds or fails. Never rejects: it keeps trying. */
  async connect(): Promise<void> {
    const clients = [this.#commands, this.subscriber];
    const failed = clients.map((client) => new Promise((resolve) => client.once('error', resolve)));
    const connected = clients.map((client) => client.connect().catch(ignore));
    await withTimeout(Promise.race([Promise.all(connected), ...failed]), START_WITHIN_MS).catch(ignore);
  }

  /** Whether both connections are established and Redis replies. */
  get isConnected(): boolean {
    return this.#commands.isReady && this.subscriber.isReady && !this.#isStalled;
  }

  /**
   * Runs a command.
   *
   * @param onLateReply called with a reply that arrives after the timeout
   * @throws Error if Redis cannot be reached, does not reply in time, or rejects the command
   */
  async run<Reply>(
    command: (client: RedisClient) => Promise<Reply>,
    onLateReply?: (reply: Reply) => void,
  ): Promise<Reply> {
    if (this.#isStalled) throw new Error('Redis does not reply at the moment.');
    const reply = command(this.#commands);
    try {
      return await withTimeout(reply, this.#config.timeoutMs);
    } catch (error) {
      if (error instanceof TimeoutError) {
        this.#stall(reply);
        if (onLateReply !== undefined) void reply.then(onLateReply, ignore);
      }
      if (error instanceof ErrorReply) this.#logRejection(error);
      // After a failover, the address may belong to another server than the one of this connection.
      if (isFromReplica(error)) this.#reconnect();
      throw error;
    }
  }

  /** Closes both connections. Never rejects. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const clients = [this.#commands, this.subscriber];
    const closing = clients.filter((client) => client.isReady).map((client) => client.close().catch(ignore));
    await withTimeout(Promise.all(closing), this.#config.timeoutMs).catch(ignore);
    for (const client of clients) client.destroy();
  }

  #client(): RedisClient {
    return clientOf(this.#config)
      .on('ready', () => {
        this.#logConnectionChange();
      })
      .on('error', (error: unknown) => {
        this.#logConnectionChange(error);
      });
  }

  #stall(reply: Promise<unknown>): void {
    this.#isStalled = true;
    this.#logConnectionChange(new Error('Redis does not reply.'));
    const resume = () => {
      this.#isStalled = false;
      this.#logConnectionChange();
    };
    void reply.then(resume, resume);
  }

  #reconnect(): void {
    if (this.#isClosed || !this.#commands.isReady) return;
    this.#commands.destroy();
    this.#logConnectionChange();
    // A demoted server rejects commands at once, so reconnecting must not loop without a delay.
    void sleep(FIRST_RECONNECT_DELAY_MS).then(async () => {
      if (!this.#isClosed) await this.#commands.connect().catch(ignore);
    });
  }

  /** Logs once each time the connection is lost or established. */
  #logConnectionChange(error?: unknown): void {
    const isConnected = this.isConnected;
    if (this.#isClosed || this.#wasConnected === isConnected) return;
    // While the gateway starts, the first of the two connections is not worth a log line.
    if (this.#wasConnected === undefined && error === undefined && !isConnected) return;
    this.#wasConnected = isConnected;
    const { address } = this.#config;
    if (isConnected) this.#logger.info({ redis: address }, 'Redis is connected.');
    else this.#logger.warn({ redis: address, err: error }, UNREACHABLE);
  }

  #logRejection(error: ErrorReply): void {
    const now = performance.now();
    if (now - this.#rejectionLoggedAt < REJECTIONS_LOGGED_EVERY_MS) return;
    this.#rejectionLoggedAt = now;
    this.#logger.error({ redis: this.#config.address, err: error }, 'Redis rejects commands.');
  }

  async #checkMemoryPolicy(): Promise<void> {
    const info = await this.run((client) => client.info('memory')).catch(() => '');
    if (this.#isClosed || !hasEvictingPolicy(info)) return;
    this.#logger.warn(
      { redis: this.#config.address },
      'Redis evicts keys when its memory is full, but the gateway needs them to apply changes exactly once. Set its maxmemory-policy to noeviction.',
    );
  }
}

const UNREACHABLE =
  'Redis cannot be reached. Jobs under idempotency keys of clients are rejected, and nothing is shared with other processes.';

/** @param reconnectStrategy the delay before the next attempt to connect, in milliseconds; false for none */
export function clientOf(
  { host, port, tls, database, username, password }: RedisConfig,
  reconnectStrategy: ((retries: number) => number) | false = reconnectDelayMs,
) {
  const timeouts = { connectTimeout: CONNECT_TIMEOUT_MS, socketTimeout: SOCKET_TIMEOUT_MS };
  return createClient({
    socket: { host, port, ...(tls && { tls }), ...timeouts, reconnectStrategy },
    database,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    name: 'fieldgate',
    keyPrefix: PREFIX,
    scripts,
    disableOfflineQueue: true,
    commandsQueueMaxLength: MAX_PENDING_COMMANDS,
    pingInterval: PING_INTERVAL_MS,
    // The library's timeout covers only the time until a command is sent.
    commandOptions: { timeout: 0 },
    maintNotifications: 'disabled',
  });
}

function reconnectDelayMs(retries: number): number {
  const delayMs = Math.min(MAX_RECONNECT_DELAY_MS, FIRST_RECONNECT_DELAY_MS * 2 ** retries);
  return Math.ceil(delayMs * (0.5 + Math.random() / 2));
}

/** Whether a server rejected a command because it is not the primary. */
function isFromReplica(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('READONLY');
}

function ignore(): void {
  // The events or the result of a command report it.
}
