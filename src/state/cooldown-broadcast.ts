import type { MessageBus } from './message-bus.js';

/** A cooldown that another process has started: the calls of a principal are paused after a 429. */
export interface BroadcastCooldown {
  /** A digest, see `CallScope.principalKey`. */
  readonly principalKey: string;
  /** The duration from now on. It is not a point in time, because clocks of processes differ. */
  readonly seconds: number;
}

/** Announces cooldowns to the other processes of a deployment. If a message is lost, a process gets one more 429. */
export interface CooldownBroadcast {
  /** Never throws. */
  publish(cooldown: BroadcastCooldown): void;
  /** Calls `listener` for each cooldown that another process announces. @returns stops listening */
  listen(listener: (cooldown: BroadcastCooldown) => void): () => void;
}

/** For a single process. */
export const noCooldownBroadcast: CooldownBroadcast = {
  publish: () => undefined,
  listen: () => () => undefined,
};

const CHANNEL = 'cooldowns';
const MESSAGE = /^(\S+) (\S{1,100}) (\d+(?:\.\d+)?)$/;

/** Sends messages of the form `<sender> <principal key> <seconds>`. */
export class MessageBusCooldownBroadcast implements CooldownBroadcast {
  readonly #messages: MessageBus;
  readonly #sender: string;

  /** @param sender identifies this process, without spaces */
  constructor(messages: MessageBus, sender: string) {
    this.#messages = messages;
    this.#sender = sender;
  }

  publish({ principalKey, seconds }: BroadcastCooldown): void {
    this.#messages.publish(CHANNEL, `${this.#sender} ${principalKey} ${seconds}`);
  }

  listen(listener: (cooldown: BroadcastCooldown) => void): () => void {
    const listening = this.#messages.listen(CHANNEL, (message) => {
      const [, sender, principalKey, seconds] = MESSAGE.exec(message) ?? [];
      // A bus also delivers messages to their sender.
      if (sender === this.#sender || principalKey === undefined) return;
      listener({ principalKey, seconds: Number(seconds) });
    });
    return () => {
      void listening.then((stop) => {
        stop();
      });
    };
  }
}
