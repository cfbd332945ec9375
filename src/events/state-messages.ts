import { randomUUID } from 'node:crypto';
import type { MessageBus } from '../state/message-bus.js';

/** So many states go into one message. */
const MAX_STATES = 100;
/** In characters. Larger states are read again instead of sent. */
const MAX_MESSAGE = 1024 * 1024;

/** Identifies this process, which has no use for its own messages. */
const PROCESS_ID = randomUUID();

/** States that another process has read; or only that there are some, where they cannot be sent. */
export type Told<S> = readonly (readonly [id: string, state: S])[] | 'news';

/** Sends what one process has read of a topic to those that watch the same topic with the same credential. */
export class StateMessages<S> {
  readonly #channel: string;
  readonly #bus: MessageBus;
  readonly #isShared: boolean;

  constructor(
    name: string,
    { messages, isShared }: { readonly messages: MessageBus; readonly isShared: boolean },
  ) {
    this.#channel = `states:${name}`;
    this.#bus = messages;
    this.#isShared = isShared;
  }

  tell(states: readonly (readonly [string, S])[]): void {
    if (!this.#isShared) return;
    for (let start = 0; start < states.length; start += MAX_STATES) {
      this.#send(states.slice(start, start + MAX_STATES));
    }
  }

  async listen({ onTold }: { readonly onTold: (told: Told<S>) => void }): Promise<() => void> {
    if (!this.#isShared) return () => undefined;
    return await this.#bus.listen(this.#channel, (message) => {
      const { from, told } = JSON.parse(message) as { from: string; told: Told<S> };
      if (from !== PROCESS_ID) onTold(told);
    });
  }

  #send(states: Told<S>): void {
    const message = messageOf(states);
    const canBeSent = message !== undefined && message.length <= MAX_MESSAGE;
    this.#bus.publish(
      this.#channel,
      canBeSent ? message : JSON.stringify({ from: PROCESS_ID, told: 'news' }),
    );
  }
}

/** Undefined for a malformed state: what is malformed throws when it is read. */
function messageOf(told: unknown): string | undefined {
  try {
    return JSON.stringify({ from: PROCESS_ID, told });
  } catch {
    return undefined;
  }
}
