import { isAccountId, isSegment, type TargetGroupRef } from '../upstream/resources/resource-ref.js';
import type { MessageBus } from '../state/message-bus.js';

/** A target group that may have changed. Whoever wants to know what is different reads it. */
export type ChangeHint = TargetGroupRef;

/** Three ids of 128 characters, with their names. */
const MAX_MESSAGE_LENGTH = 512;
const CHANNEL = 'hints';

/** Tells all processes of the deployment, this one included, that a target group may have changed. */
export function publishHint(bus: MessageBus, { accountId, projectId, targetGroupId }: ChangeHint): void {
  bus.publish(CHANNEL, JSON.stringify({ accountId, projectId, targetGroupId }));
}

/**
 * Listens to the hints of all processes. Messages that are no hints are ignored: whoever reaches the bus can send them.
 *
 * @returns stops listening
 */
export function listenToHints(bus: MessageBus, listener: (hint: ChangeHint) => void): Promise<() => void> {
  return bus.listen(CHANNEL, (message) => {
    const hint = hintIn(message);
    if (hint !== undefined) listener(hint);
  });
}

function hintIn(message: string): ChangeHint | undefined {
  if (message.length > MAX_MESSAGE_LENGTH) return undefined;
  const parsed = parse(message);
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const { accountId, projectId, targetGroupId } = parsed as Partial<Record<keyof ChangeHint, unknown>>;
  if (typeof accountId !== 'string' || !isAccountId(accountId)) return undefined;
  if (typeof projectId !== 'string' || !isSegment(projectId)) return undefined;
  if (typeof targetGroupId !== 'string' || !isSegment(targetGroupId)) return undefined;
  return { accountId, projectId, targetGroupId };
}

function parse(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}
