import type { SubscribeResolverData } from 'type-graphql';
import type { RequestContext } from '../context.js';
import type { Topic } from '../events/topic.js';
import { requireRef, type NodeKind, type NodeRef } from './node/node-id.js';

/**
 * Creates the `subscribe` function of a subscription whose topic is given by an id.
 *
 * @param argument the name of the argument that has the id
 */
export function subscribeTo<K extends NodeKind, S>(
  kind: K,
  argument: string,
  topicOf: (ref: Extract<NodeRef, { kind: K }>) => Topic<S>,
) {
  return ({ args, context }: SubscribeResolverData<unknown, Record<string, string>, RequestContext>) =>
    context.subscribe(topicOf(requireRef(context.principal, kind, args[argument] ?? '', argument)));
}
