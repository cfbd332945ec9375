import { Field, ID, ObjectType } from 'type-graphql';
import type * as rest from '../../contract/demand-api.js';
import type { AccountRef } from '../../upstream/resources/resource-ref.js';
import { itemsFrom } from '../items.js';
import { DateTime, momentOf, type Moment } from '../scalars/date-time.js';
import { ChangelogActorKind, ChangeValueKind } from './changelog.enum.js';
import { changeValues, type ChangeValues, type RestChange } from './changelog.values.js';

const ACTOR_KINDS: ReadonlyMap<string, ChangelogActorKind> = new Map([
  ['las_user', ChangelogActorKind.PERSON],
  ['system_user', ChangelogActorKind.SYSTEM],
  ['system_marketplace_user', ChangelogActorKind.MARKETPLACE],
]);

/** Who made a change, as REST may write it, whatever kind it is. */
interface RestChanger {
  readonly type?: string | null;
  readonly las_user_id?: string | null;
}

@ObjectType({ description: 'Who made a change: a person, the system, or the marketplace.' })
export class ChangelogActor {
  constructor(
    /** Whose users the person is among. */
    readonly account: AccountRef,
    private readonly changer: RestChanger,
  ) {}

  @Field(() => ChangelogActorKind, { description: 'Whether it was a person, the system or the marketplace.' })
  get kind(): ChangelogActorKind {
    return ACTOR_KINDS.get(this.changer.type ?? '') ?? ChangelogActorKind.UNKNOWN;
  }

  @Field(() => ID, {
    nullable: true,
    description:
      'The raw id of the person. `user` tells the name. Null where it was not a person, or where the API does not tell.',
  })
  get userId(): string | null {
    return this.changer.las_user_id ?? null;
  }
}

@ObjectType({
  description: 'One setting of a target group that was changed: from what, to what.',
})
export class Change {
  #values: ChangeValues | undefined;

  constructor(private readonly change: RestChange) {}

  @Field(() => String, {
    nullable: true,
    description:
      "What was changed, in the API's own word, e.g. `status_change`, `filling_goal_change` or `name_change`. More of them " +
      'may come.',
  })
  get kind(): string | null {
    return this.change.object ?? null;
  }

  @Field(() => String, {
    nullable: true,
    description: 'The value before, as text. Null where there was none.',
  })
  get oldValue(): string | null {
    return this.values.oldValue;
  }

  @Field(() => String, {
    nullable: true,
    description: 'The value after, as text. Null where there is none any more.',
  })
  get newValue(): string | null {
    return this.values.newValue;
  }

  @Field(() => ChangeValueKind, { description: 'How to read `oldValue` and `newValue`.' })
  get valueKind(): ChangeValueKind {
    return this.values.kind;
  }

  @Field(() => String, {
    nullable: true,
    description:
      "Why the status changed, in the API's own word, e.g. `total_completes_reached`. Null where the API gives no " +
      'reason, as for most changes by a person, and for changes of anything else.',
  })
  get reasonCode(): string | null {
    return this.change.reason_code ?? null;
  }

  @Field(() => ID, {
    nullable: true,
    description:
      'The raw id of the supplier that the price is for (`private_exchange_cpi_change`). Else null.',
  })
  get supplierId(): string | null {
    return this.change.supplier_id ?? null;
  }

  private get values(): ChangeValues {
    return (this.#values ??= changeValues(this.change));
  }
}

@ObjectType({
  description: 'One entry in the history of a target group: what was changed together, when, and by whom.',
})
export class ChangelogEntry {
  constructor(
    private readonly account: AccountRef,
    private readonly entry: rest.TargetGroupChangelogEntry,
  ) {}

  @Field(() => ID, {
    nullable: true,
    description: 'The raw id of the entry in the REST API. Null where the API does not tell.',
  })
  get entryId(): string | null {
    return this.entry.id ?? null;
  }

  @Field(() => DateTime, { nullable: true, description: 'When it was changed.' })
  get occurredAt(): Moment | null {
    return momentOf(this.entry.occurred_at, 'occurred_at');
  }

  @Field(() => ChangelogActor, {
    nullable: true,
    description: 'Who changed it. Null where the API does not tell.',
  })
  get actor(): ChangelogActor | null {
    const { user } = this.entry;
    return user ? new ChangelogActor(this.account, user) : null;
  }

  @Field(() => [Change], {
    nullable: 'itemsAndList',
    description: 'What was changed together. Null in the list stands for a change that could not be read.',
  })
  get changes(): (Change | Error)[] {
    return itemsFrom(this.entry.changes ?? [], (change) => new Change(change));
  }
}
