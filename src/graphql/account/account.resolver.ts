import { Arg, Args, Authorized, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { hasAccount } from '../../auth/authorization.js';
import type { Principal } from '../../auth/principal.js';
import type { Scope } from '../../auth/principal.js';
import type { RequestContext } from '../../context.js';
import type * as rest from '../../contract/demand-api.js';
import { accountIdOf } from '../../upstream/resources/resource-ref.js';
import type { Connection } from '../connection/connection.js';
import { itemsFrom } from '../items.js';
import { badResponse } from '../../upstream/errors.js';
import { requireRef } from '../node/node-id.js';
import { ProjectsArgs } from '../project/project.args.js';
import { ProjectConnection } from '../project/project.connection.js';
import { projectConnection } from '../project/project.pages.js';
import type { Project } from '../project/project.type.js';
import { Account } from './account.type.js';

@Resolver(() => Account)
export class AccountResolver {
  @Authorized<Scope>('fielding:read')
  @Query(() => [Account], {
    nullable: 'itemsAndList',
    description:
      'Accounts that your credentials can access. An account that cannot be read is null, with an error.',
  })
  async accounts(@Ctx() { loaders, principal }: RequestContext): Promise<(Account | Error)[] | null> {
    const list = await loaders.accounts.load('all');
    return (
      list &&
      permitted(
        principal,
        itemsFrom(accountsIn(list), ({ id }) => toAccount(id)),
      )
    );
  }

  @Authorized<Scope>('fielding:read')
  @Query(() => Account, {
    nullable: true,
    description: 'Account by its id. Null if your credentials have no such account.',
  })
  async account(
    @Arg('id', () => ID, { description: 'Id of the account, e.g. `101`.' }) id: string,
    @Ctx() context: RequestContext,
  ): Promise<Account | null> {
    return await findAccount(context, requireRef(context.principal, 'Account', id, 'id').accountId);
  }

  @Authorized<Scope>('fielding:read')
  @FieldResolver(() => String, {
    nullable: true,
    description: 'Name of the account. Null if unknown.',
  })
  async name(@Root() { ref }: Account, @Ctx() context: RequestContext): Promise<string | null> {
    const account = await accountInList(context, ref.accountId);
    return account?.name ?? null;
  }

  @Authorized<Scope>('fielding:read')
  @FieldResolver(() => ProjectConnection, {
    nullable: true,
    description: 'Projects of the account. Null if the account does not exist.',
  })
  async projects(
    @Root() { ref }: Account,
    @Args(() => ProjectsArgs) args: ProjectsArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<Project> | null> {
    return await projectConnection(context, ref, args);
  }
}

/**
 * The account, if the credentials can access it. The API has no call for a single account, so this searches the list.
 *
 * @throws {UpstreamError} if the account is not found and the list has an entry with an unreadable id
 */
export async function findAccount(context: RequestContext, accountId: string): Promise<Account | null> {
  return (await accountInList(context, accountId)) === undefined ? null : new Account({ accountId });
}

async function accountInList(
  { loaders }: RequestContext,
  accountId: string,
): Promise<rest.Account | undefined> {
  const list = await loaders.accounts.load('all');
  if (list === null) return undefined;
  const accounts = accountsIn(list);
  const ids = itemsFrom(accounts, ({ id }) => toAccount(id).accountId);
  const index = ids.indexOf(accountId);
  if (index >= 0) return accounts[index];
  const broken = ids.find((id) => id instanceof Error);
  if (broken !== undefined) throw broken;
  return undefined;
}

/**
 * Those of the accounts that the principal has access to. An unreadable one may be any account: it is left out, unless one
 * that the principal has access to is missing.
 */
function permitted({ grants }: Principal, accounts: readonly (Account | Error)[]): (Account | Error)[] {
  const own = accounts.filter((each) => each instanceof Account && hasAccount(grants, each.accountId));
  const isComplete = grants !== undefined && own.length >= grants.accounts.size;
  return accounts.filter((each) => (each instanceof Error ? !isComplete : own.includes(each)));
}

/** The contract makes the list and the ids in it optional, but the graph cannot do without them. */
function accountsIn(list: rest.AccountList): readonly rest.Account[] {
  const accounts = list.accounts ?? null;
  if (accounts === null) throw badResponse('The response of the Demand API has no `accounts`.');
  return accounts;
}

function toAccount(id: number | null | undefined): Account {
  if (id === undefined || id === null)
    throw badResponse('The response of the Demand API has an account without `id`.');
  return new Account({ accountId: accountIdOf(id) });
}
