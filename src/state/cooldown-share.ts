import type { MessageBus } from './message-bus.js';

/** A pause of a principal's calls, after a 429. */
export interface SharedCooldown {
  /** A digest, see `CallScope.principalKey`. */
  readonly principalKey: string;
  /** From now on. Processes do not agree on the time, so it is no point in time. */
  readonly seconds: number;
}

/** Tells the processes of a deployment about pauses. What does not arrive costs each process a 429 of its own. */
export interface CooldownShare {
  /** Never throws. */
  tell(cooldown: SharedCooldown): void;
  /** Calls `listener` for every pause that another process tells of. @returns stops that */
  onHeard(listener: (cooldown: SharedCooldown) => void): () => void;
}

/** For a single process. */
export const noCooldownShare: CooldownShare = {
  tell: () => undefined,
  onHeard: () => () => undefined,
};

const CHANNEL = 'cooldowns';
const MESSAGE = /^(\S+) (\S{1,100}) (\d+(?:\.\d+)?)$/;

/** Shares cooldowns by messages `<sender> <principal key> <seconds>`. */
export class MessagedCooldownShare implements CooldownShare {
  readonly #messages: MessageBus;
  readonly #sender: string;

  /** @param sender identifies this process, without spaces */
  constructor(messages: MessageBus, sender: string) {
    this.#messages = messages;
    this.#sender = sender;
  }

  tell({ principalKey, seconds }: SharedCooldown): void {
    this.#messages.publish(CHANNEL, `${this.#sender} ${principalKey} ${seconds}`);
  }

  onHeard(listener: (cooldown: SharedCooldown) => void): () => void {
    const listening = this.#messages.listen(CHANNEL, (message) => {
      const [, sender, principalKey, seconds] = MESSAGE.exec(message) ?? [];
      // A bus delivers messages to their sender, too.
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
