import { Field, ID, ObjectType } from 'type-graphql';
import type * as rest from '../../contract/demand-api.js';
import type { AccountRef } from '../../upstream/resources/resource-ref.js';
import { itemsFrom } from '../items.js';
import { DateTime, dateTimeOf } from '../scalars/date-time.js';
import { ChangelogActorKind, ChangeValueKind } from './changelog.enum.js';
import { changeValues, type ChangeValues, type RestChange } from './changelog.values.js';

const ACTOR_KINDS: ReadonlyMap<string, ChangelogActorKind> = new Map([
  ['las_user', ChangelogActorKind.PERSON],
  ['system_user', ChangelogActorKind.SYSTEM],
  ['system_marketplace_user', ChangelogActorKind.MARKETPLACE],
]);

/** The author of a change; the union of all kinds in the contract. */
interface RestActor {
  readonly type?: string | null;
  readonly las_user_id?: string | null;
}

@ObjectType({ description: 'Author of a change: a person, the system or the marketplace.' })
export class ChangelogActor {
  constructor(
    /** The account whose users include the person. */
    readonly account: AccountRef,
    private readonly source: RestActor,
  ) {}

  @Field(() => ChangelogActorKind, {
    description: 'Whether the author is a person, the system or the marketplace.',
  })
  get kind(): ChangelogActorKind {
    return ACTOR_KINDS.get(this.source.type ?? '') ?? ChangelogActorKind.UNKNOWN;
  }

  @Field(() => ID, {
    nullable: true,
    description:
      'Raw id of the person; see `user` for the name. Null if the author is not a person, or if unknown.',
  })
  get userId(): string | null {
    return this.source.las_user_id ?? null;
  }
}

@ObjectType({
  description: 'Change of one setting of a target group, with its old and new value.',
})
class Change {
  #values: ChangeValues | undefined;

  constructor(private readonly change: RestChange) {}

  @Field(() => String, {
    nullable: true,
    description:
      'Kind of change, as a code of the REST API, e.g. `status_change`, `filling_goal_change` or ' +
      '`name_change`. New codes can be added at any time. Null if unknown.',
  })
  get kind(): string | null {
    return this.change.object ?? null;
  }

  @Field(() => String, {
    nullable: true,
    description: 'Value before the change, as text. Null if there was none.',
  })
  get oldValue(): string | null {
    return this.values.oldValue;
  }

  @Field(() => String, {
    nullable: true,
    description: 'Value after the change, as text. Null if there is none.',
  })
  get newValue(): string | null {
    return this.values.newValue;
  }

  @Field(() => ChangeValueKind, { description: 'Format of `oldValue` and `newValue`.' })
  get valueKind(): ChangeValueKind {
    return this.values.kind;
  }

  @Field(() => String, {
    nullable: true,
    description:
      'Reason for a status change, as a code of the REST API, e.g. `total_completes_reached`. Null for most ' +
      'changes made by a person, and for all other kinds of changes.',
  })
  get reasonCode(): string | null {
    return this.change.reason_code ?? null;
  }

  @Field(() => ID, {
    nullable: true,
    description:
      'Raw id of the supplier whose price was changed. Null unless `kind` is `private_exchange_cpi_change`.',
  })
  get supplierId(): string | null {
    return this.change.supplier_id ?? null;
  }

  private get values(): ChangeValues {
    return (this.#values ??= changeValues(this.change));
  }
}

@ObjectType({
  description: 'Entry in the change history of a target group: a set of changes made together.',
})
export class ChangelogEntry {
  constructor(
    private readonly account: AccountRef,
    private readonly entry: rest.TargetGroupChangelogEntry,
  ) {}

  @Field(() => ID, {
    nullable: true,
    description: 'Raw id of the entry in the REST API. Null if unknown.',
  })
  get entryId(): string | null {
    return this.entry.id ?? null;
  }

  @Field(() => DateTime, { nullable: true, description: 'Time of the change. Null if unknown.' })
  get occurredAt(): DateTime | null {
    return dateTimeOf(this.entry.occurred_at, 'occurred_at');
  }

  @Field(() => ChangelogActor, {
    nullable: true,
    description: 'Author of the change. Null if unknown.',
  })
  get actor(): ChangelogActor | null {
    const { user } = this.entry;
    return user ? new ChangelogActor(this.account, user) : null;
  }

  @Field(() => [Change], {
    nullable: 'itemsAndList',
    description: 'Changes that were made together. A change that cannot be read is null, with an error.',
  })
  get changes(): (Change | Error)[] {
    return itemsFrom(this.entry.changes ?? [], (change) => new Change(change));
  }
}
