import type { MessageBus } from '../state/message-bus.js';
import type { ProjectRef } from '../upstream/resources/resource-ref.js';

/** Something that may have changed: a target group, or any of the project. What has changed is read from the API. */
export interface ResourceHint extends ProjectRef {
  readonly targetGroupId?: string;
}

/** Whether a change of what `hint` names may be a change of `resource`. */
export function concerns(hint: ResourceHint, resource: ResourceHint): boolean {
  return (
    hint.accountId === resource.accountId &&
    hint.projectId === resource.projectId &&
    (hint.targetGroupId === undefined ||
      resource.targetGroupId === undefined ||
      hint.targetGroupId === resource.targetGroupId)
  );
}

const CHANNEL = 'hints';

/** Tells all processes of a hint. */
export function publishHint(bus: MessageBus, hint: ResourceHint): void {
  bus.publish(CHANNEL, JSON.stringify(hint));
}

/** @returns stops listening */
export async function listenToHints(
  bus: MessageBus,
  listener: (hint: ResourceHint) => void,
): Promise<() => void> {
  return await bus.listen(CHANNEL, (message) => {
    listener(JSON.parse(message) as ResourceHint);
  });
}
