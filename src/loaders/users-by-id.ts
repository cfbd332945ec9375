import type * as rest from '../contract/demand-api.js';
import { badResponse } from '../upstream/errors.js';

/** The people of an account by id. Ids are UUIDs, which are case-insensitive (RFC 9562, 4). */
export class UsersById {
  readonly #users = new Map<string, rest.User>();
  #broken: Error | undefined;

  /** @throws {UpstreamError} if there is no list */
  constructor(list: rest.UserList | null) {
    const users = list?.users ?? null;
    if (users === null) throw badResponse('The response of the Demand API has no `users`.');
    for (let index = 0; index < users.length; index += 1) this.#add(users, index);
  }

  /**
   * @returns undefined if the list does not have the id
   * @throws {UpstreamError} if the id is not found, and the list has an entry with an unreadable id, which may be it
   */
  find(id: string): rest.User | undefined {
    const user = this.#users.get(id.toLowerCase());
    if (user === undefined && this.#broken !== undefined) throw this.#broken;
    return user;
  }

  /** Reading a malformed entry throws. The other entries can still be found. */
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
