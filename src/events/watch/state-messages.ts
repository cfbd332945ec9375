import { isJsonObject, parseJson } from '../../json-value.js';
import { MAX_MESSAGE_LENGTH, type MessageBus } from '../../state/message-bus.js';

/** The most states in one message. */
const MAX_STATES = 100;

/**
 * A message from another process: the states that it has read; `changed` if there are new states that do not fit into a message; or
 * `requested` if it asks for the current states.
 */
export type StateMessage<S> = readonly (readonly [id: string, state: S])[] | 'changed' | 'requested';

export interface StateMessagesOptions {
  readonly messages: MessageBus;
  /** Whether there may be other processes. */
  readonly isShared: boolean;
  /** Identifies this process, which ignores its own messages. */
  readonly processId: string;
}

/** Exchanges the states of a topic among the processes that watch it with the same credential. */
export class StateMessages<S> {
  readonly #channel: string;
  readonly #options: StateMessagesOptions;

  constructor(name: string, options: StateMessagesOptions) {
    this.#channel = `states:${name}`;
    this.#options = options;
  }

  publish(states: readonly (readonly [string, S])[]): void {
    if (!this.#options.isShared) return;
    for (let start = 0; start < states.length; start += MAX_STATES) {
      this.#send(states.slice(start, start + MAX_STATES));
    }
  }

  /** Asks the process that polls to publish the current states. */
  request(): void {
    if (this.#options.isShared) this.#send('requested');
  }

  /**
   * Waits until all states that other processes have sent before have been received.
   *
   * @returns false if that is not certain
   */
  async sync(): Promise<boolean> {
    return !this.#options.isShared || (await this.#options.messages.sync());
  }

  /** @returns stops listening */
  async listen(listener: (message: StateMessage<S>) => void): Promise<() => void> {
    const { isShared, messages, processId } = this.#options;
    if (!isShared) return () => undefined;
    return await messages.listen(this.#channel, (text) => {
      const { from, message } = parseMessage<S>(text);
      if (from !== processId) listener(message);
    });
  }

  #send(message: StateMessage<S>): void {
    const { messages, processId } = this.#options;
    const text = toJson({ from: processId, message });
    const canBeSent = text !== undefined && text.length <= MAX_MESSAGE_LENGTH;
    messages.publish(
      this.#channel,
      canBeSent ? text : JSON.stringify({ from: processId, message: 'changed' }),
    );
  }
}

/** Undefined if a state has a malformed property, which throws when it is read. */
function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** Anyone with access to the bus can send messages. One that is not understood at worst causes a read. */
function parseMessage<S>(text: string): { readonly from?: string; readonly message: StateMessage<S> } {
  const parsed = parseJson(text);
  if (!isJsonObject(parsed)) return { message: 'changed' };
  const { from, message } = parsed as { from: string; message: unknown };
  const isUnderstood = Array.isArray(message) || message === 'requested';
  return { from, message: isUnderstood ? (message as StateMessage<S>) : 'changed' };
}
