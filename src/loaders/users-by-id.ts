import type * as rest from '../contract/demand-api.js';
import { badResponse } from '../upstream/errors.js';

/** The people of an account, by their ids: UUIDs, of which upper and lower case are the same (RFC 9562, 4). */
export class UsersById {
  readonly #users = new Map<string, rest.User>();
  #broken: Error | undefined;

  /** @throws {UpstreamError} where there is no list */
  constructor(list: rest.UserList | null) {
    const users = list?.users ?? null;
    if (users === null) throw badResponse('The Demand API did not tell the `users` of the account.');
    for (let index = 0; index < users.length; index += 1) this.#add(users, index);
  }

  /**
   * @returns undefined where the list does not have that id
   * @throws {UpstreamError} where the list has somebody whose id cannot be read: it may be them
   */
  find(id: string): rest.User | undefined {
    const user = this.#users.get(id.toLowerCase());
    if (user === undefined && this.#broken !== undefined) throw this.#broken;
    return user;
  }

  /** A broken item throws when it is read. The others are found all the same. */
  #add(users: readonly rest.User[], index: number): void {
    try {
      const user = users[index];
      if (user?.id) this.#users.set(user.id.toLowerCase(), user);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.#broken ??= error;
    }
  }
}
