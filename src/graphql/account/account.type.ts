import { Field, ID, ObjectType } from 'type-graphql';
import type { AccountRef } from '../../upstream/resources/resource-ref.js';
import { accountNodeId } from '../node/node-id.js';
import { Node, NODE_ID } from '../node/node.interface.js';

@ObjectType({ implements: Node, description: 'Buyer of survey fieldwork. Owns projects.' })
export class Account implements Node {
  constructor(readonly ref: AccountRef) {}

  @Field(() => ID, { description: NODE_ID })
  get id(): string {
    return accountNodeId(this.ref);
  }

  @Field(() => ID, { description: 'Raw id in the REST API, a number as text. Same as `id`.' })
  get accountId(): string {
    return this.ref.accountId;
  }
}
