import { EventEmitter } from 'node:events';
import type { Logger } from '../telemetry/logger.js';

/** The maximum length of a message to other processes, in characters. */
export const MAX_MESSAGE_LENGTH = 256 * 1024;

/**
 * Messages between the processes of a deployment. Delivery is at most once, so nothing may depend on a message alone.
 */
export interface MessageBus {
  /**
   * Sends a message to all listening processes, including this one. Never throws: a message can be lost, and a listener that throws
   * affects neither the sender nor other listeners.
   */
  publish(channel: string, message: string): void;
  /**
   * Listens to a channel.
   *
   * @returns stops listening; resolves when the subscription is active, or when the bus cannot be reached (`onGap` follows once it can)
   */
  listen(channel: string, listener: (message: string) => void): Promise<() => void>;
  /**
   * Waits until all messages that other processes have sent before have arrived.
   *
   * @returns false if the bus cannot be reached, or does not respond in time
   */
  sync(): Promise<boolean>;
  /**
   * Calls `listener` when messages arrive again after some may have been lost, because this process could not receive or another one
   * could not send.
   *
   * @returns stops listening
   */
  onGap(listener: () => void): () => void;
}

/** For a single process: loses no messages. */
export class InMemoryMessageBus implements MessageBus {
  readonly #channels = new EventEmitter().setMaxListeners(0);
  readonly #logger: Pick<Logger, 'error'> | undefined;

  /** @param logger receives what listeners throw. Default: it is not logged */
  constructor(logger?: Pick<Logger, 'error'>) {
    this.#logger = logger;
  }

  publish(channel: string, message: string): void {
    this.#channels.emit(channel, message);
  }

  async listen(channel: string, listener: (message: string) => void): Promise<() => void> {
    const guarded = (message: string) => {
      try {
        listener(message);
      } catch (error) {
        this.#logger?.error({ err: error, channel }, 'A listener to messages failed.');
      }
    };
    this.#channels.on(channel, guarded);
    return () => {
      this.#channels.off(channel, guarded);
    };
  }

  sync(): Promise<boolean> {
    return Promise.resolve(true);
  }

  onGap(): () => void {
    return () => undefined;
  }
}
