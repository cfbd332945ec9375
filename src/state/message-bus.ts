import { EventEmitter } from 'node:events';

/** The longest message that is sent to other processes, in characters. */
export const MAX_MESSAGE_LENGTH = 256 * 1024;

/**
 * Messages between the processes of a deployment. Each is delivered at most once, so a message is never the only way in which
 * something becomes known.
 */
export interface MessageBus {
  /** Sends a message to all processes that listen, this one included. Never throws: a message can be lost. */
  publish(channel: string, message: string): void;
  /**
   * Listens to a channel.
   *
   * @returns stops listening; resolved when messages arrive, or when the bus cannot be reached (`onGap` follows once it can)
   */
  listen(channel: string, listener: (message: string) => void): Promise<() => void>;
  /**
   * Calls `listener` whenever messages may have been missed and arrive again: this process could not receive them, or another one
   * could not send them.
   *
   * @returns stops that
   */
  onGap(listener: () => void): () => void;
}

/** For a single process: misses nothing. */
export class InMemoryMessageBus implements MessageBus {
  readonly #channels = new EventEmitter().setMaxListeners(0);

  publish(channel: string, message: string): void {
    this.#channels.emit(channel, message);
  }

  async listen(channel: string, listener: (message: string) => void): Promise<() => void> {
    this.#channels.on(channel, listener);
    return () => {
      this.#channels.off(channel, listener);
    };
  }

  onGap(): () => void {
    return () => undefined;
  }
}
