import { MAX_MESSAGE_LENGTH, type MessageBus } from '../state/message-bus.js';

/** So many states go into one message. */
const MAX_STATES = 100;

/**
 * What another process says: the states that it has read; only that there are some, where they cannot be sent; or that it wants
 * to be told what is known.
 */
export type Told<S> = readonly (readonly [id: string, state: S])[] | 'news' | 'asked';

export interface StateMessagesOptions {
  readonly messages: MessageBus;
  /** Whether there may be other processes. */
  readonly isShared: boolean;
  /** Identifies this process, which has no use for its own messages. */
  readonly processId: string;
}

/** Sends what one process has read of a topic to those that watch the same topic with the same credential. */
export class StateMessages<S> {
  readonly #channel: string;
  readonly #options: StateMessagesOptions;

  constructor(name: string, options: StateMessagesOptions) {
    this.#channel = `states:${name}`;
    this.#options = options;
  }

  tell(states: readonly (readonly [string, S])[]): void {
    if (!this.#options.isShared) return;
    for (let start = 0; start < states.length; start += MAX_STATES) {
      this.#send(states.slice(start, start + MAX_STATES));
    }
  }

  /** Has the process that polls tell what it knows. */
  ask(): void {
    if (this.#options.isShared) this.#send('asked');
  }

  async listen({ onTold }: { readonly onTold: (told: Told<S>) => void }): Promise<() => void> {
    const { isShared, messages, processId } = this.#options;
    if (!isShared) return () => undefined;
    return await messages.listen(this.#channel, (message) => {
      const { from, told } = parsed<S>(message);
      if (from !== processId) onTold(told);
    });
  }

  #send(states: Told<S>): void {
    const { messages, processId } = this.#options;
    const message = messageOf({ from: processId, told: states });
    const canBeSent = message !== undefined && message.length <= MAX_MESSAGE_LENGTH;
    messages.publish(this.#channel, canBeSent ? message : JSON.stringify({ from: processId, told: 'news' }));
  }
}

/** Undefined for a malformed state: what is malformed throws when it is read. */
function messageOf(message: unknown): string | undefined {
  try {
    return JSON.stringify(message);
  } catch {
    return undefined;
  }
}

/** Whoever reaches the bus can send messages. One that is no JSON says no more than that there may be news. */
function parsed<S>(message: string): { readonly from?: string; readonly told: Told<S> } {
  try {
    const { from, told } = JSON.parse(message) as { from: string; told: unknown };
    return { from, told: Array.isArray(told) || told === 'asked' ? (told as Told<S>) : 'news' };
  } catch {
    return { told: 'news' };
  }
}
