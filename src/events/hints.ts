import { isJsonObject, parseJson } from '../json-value.js';
import type { MessageBus } from '../state/message-bus.js';
import { isAccountId } from '../account-id.js';
import { isSegment, type ProjectRef } from '../upstream/resources/resource-ref.js';

/** A hint that a target group, or any target group of a project, may have changed. The new state is read from the API. */
export interface ChangeHint extends ProjectRef {
  readonly targetGroupId?: string;
  /** Whether the hint comes from a webhook, which shows that webhooks of the account arrive. */
  readonly byWebhook?: boolean;
}

/** Three ids of 128 characters, with their names. */
const MAX_MESSAGE_LENGTH = 512;
const CHANNEL = 'hints';

/** Whether a change that `hint` reports may affect `resource`. */
export function concerns(hint: ChangeHint, resource: ChangeHint): boolean {
  return (
    hint.accountId === resource.accountId &&
    hint.projectId === resource.projectId &&
    (hint.targetGroupId === undefined ||
      resource.targetGroupId === undefined ||
      hint.targetGroupId === resource.targetGroupId)
  );
}

/** Sends a hint to all processes of the deployment, including this one. */
export function publishHint(bus: MessageBus, hint: ChangeHint): void {
  const { accountId, projectId, targetGroupId, byWebhook } = hint;
  bus.publish(CHANNEL, JSON.stringify({ accountId, projectId, targetGroupId, byWebhook }));
}

/**
 * Listens to the hints of all processes. Ignores messages that are not valid hints: anyone with access to the bus can send them.
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
  const parsed = parseJson(message);
  if (!isJsonObject(parsed)) return undefined;
  const { accountId, projectId, targetGroupId, byWebhook }: Partial<Record<keyof ChangeHint, unknown>> =
    parsed;
  if (typeof accountId !== 'string' || !isAccountId(accountId)) return undefined;
  if (typeof projectId !== 'string' || !isSegment(projectId)) return undefined;
  const hint = { accountId, projectId, ...(byWebhook === true && { byWebhook: true }) };
  if (targetGroupId === undefined) return hint;
  if (typeof targetGroupId !== 'string' || !isSegment(targetGroupId)) return undefined;
  return { ...hint, targetGroupId };
}
