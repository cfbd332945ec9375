import { EventEmitter } from 'node:events';
import type { Logger } from '../../telemetry/logger.js';
import { InMemoryMessageBus, MAX_MESSAGE_LENGTH, type MessageBus } from '../message-bus.js';
import { PREFIX, type RedisConnection } from './connection.js';
import { withTimeout } from './with-timeout.js';

/** The channel on which a process announces that it could not send messages. Listeners do not use it. */
const LOST = 'lost';
/** The delay before a process retries that announcement. */
const ANNOUNCE_LOST_MS = 250;
/** How long `listen` waits for the subscription to become active. */
const SUBSCRIBED_WITHIN_MS = 1000;
const SYNCED_WITHIN_MS = 250;

/**
 * Sends messages to other processes through Redis, and to this process directly, with or without a connection. A message is sent
 * as `<sender> <message>`.
 */
export class RedisMessageBus implements MessageBus {
  readonly #redis: RedisConnection;
  readonly #sender: string;
  readonly #logger: Logger;
  readonly #local: InMemoryMessageBus;
  readonly #gaps = new EventEmitter().setMaxListeners(0);
  /** The number of listeners of each channel. */
  readonly #listeners = new Map<string, number>();
  #announceLost: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** @param sender identifies this process, without spaces */
  constructor(redis: RedisConnection, sender: string, logger: Logger) {
    this.#redis = redis;
    this.#sender = sender;
    this.#logger = logger;
    this.#local = new InMemoryMessageBus(logger);
    redis.subscriber.on('ready', () => void this.#resubscribe());
  }

  publish(channel: string, message: string): void {
    this.#local.publish(channel, message);
    if (message.length > MAX_MESSAGE_LENGTH) {
      this.#logger.warn({ channel, length: message.length }, 'A message is too long for other processes.');
      return;
    }
    this.#send(channel, message).catch(() => {
      this.#lost();
    });
  }

  async listen(channel: string, listener: (message: string) => void): Promise<() => void> {
    const stopLocally = await this.#local.listen(channel, listener);
    this.#listeners.set(channel, (this.#listeners.get(channel) ?? 0) + 1);
    let isListening = true;
    const subscribed = this.#subscribe([channel]);
    const isInTime = await withTimeout(subscribed, SUBSCRIBED_WITHIN_MS).catch(() => false);
    // A failed subscription is repeated with the next connection.
    if (!isInTime) void subscribed.then((isLate) => isLate && this.#emitGap());
    return () => {
      if (!isListening) return;
      isListening = false;
      stopLocally();
      this.#forget(channel);
    };
  }

  /** Redis sends its reply after the messages that it has sent to this connection before. */
  async sync(): Promise<boolean> {
    const { subscriber } = this.#redis;
    if (!subscriber.isReady) return false;
    return await withTimeout(subscriber.ping(), SYNCED_WITHIN_MS).then(
      () => true,
      () => false,
    );
  }

  /** Stops sending. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#announceLost);
  }

  onGap(listener: () => void): () => void {
    this.#gaps.on('gap', listener);
    return () => {
      this.#gaps.off('gap', listener);
    };
  }

  async #send(channel: string, message: string): Promise<void> {
    await this.#redis.run((client) => client.publish(PREFIX + channel, `${this.#sender} ${message}`));
  }

  /** Receivers may have been connected all the time, so they cannot notice a message that was not sent. */
  #lost(): void {
    if (this.#isClosed) return;
    this.#announceLost ??= setTimeout(() => {
      this.#announceLost = undefined;
      this.#send(LOST, '').then(
        () => this.#emitGap(),
        () => {
          this.#lost();
        },
      );
    }, ANNOUNCE_LOST_MS).unref();
  }

  readonly #receive = (text: string, name: string): void => {
    const end = text.indexOf(' ');
    if (end < 1 || text.slice(0, end) === this.#sender) return;
    const channel = name.slice(PREFIX.length);
    if (channel === LOST) this.#emitGap();
    else this.#local.publish(channel, text.slice(end + 1));
  };

  #forget(channel: string): void {
    const left = (this.#listeners.get(channel) ?? 0) - 1;
    if (left > 0) {
      this.#listeners.set(channel, left);
      return;
    }
    this.#listeners.delete(channel);
    if (!this.#redis.subscriber.isReady) return;
    this.#redis.subscriber.unsubscribe(PREFIX + channel, this.#receive).catch(() => undefined);
  }

  /** @returns whether the subscription is active */
  async #subscribe(channels: readonly string[]): Promise<boolean> {
    const { subscriber } = this.#redis;
    const isReady = () => subscriber.isReady;
    if (!isReady()) return false;
    const names = channels.map((channel) => PREFIX + channel);
    try {
      await subscriber.subscribe(names, this.#receive);
      return true;
    } catch (error) {
      // If there is no connection, the next one repeats it.
      if (isReady()) this.#logger.error({ err: error }, 'Messages of other processes cannot be received.');
      return false;
    }
  }

  /**
   * Runs after a reconnect. The client restores its subscriptions, but not those that were requested while it was disconnected.
   */
  async #resubscribe(): Promise<void> {
    const channels = [...this.#listeners.keys()];
    const isSubscribed = await this.#subscribe([LOST, ...channels]);
    if (isSubscribed && channels.length > 0) this.#emitGap();
  }

  #emitGap(): void {
    this.#gaps.emit('gap');
  }
}
