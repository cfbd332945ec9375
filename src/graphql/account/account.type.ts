import { Field, ID, ObjectType } from 'type-graphql';
import type { AccountPlace } from '../../upstream/place.js';
import { accountNodeId } from '../node/node-id.js';
import { Node, NODE_ID } from '../node/node.interface.js';

@ObjectType({ implements: Node, description: 'Buyer of survey fieldwork, who owns projects.' })
export class Account implements Node {
  constructor(readonly place: AccountPlace) {}

  @Field(() => ID, { description: NODE_ID })
  get id(): string {
    return accountNodeId(this.place);
  }

  @Field(() => ID, { description: 'Raw id in the REST API, a number.' })
  get accountId(): string {
    return this.place.accountId;
  }
}
