import { objectSchema } from '../http/schemas.js';
import { listAccounts, listUsers } from '../store/accounts.js';
import type { RouteTable } from './route.js';

export const accountRoutes = {
  'GET /accounts': {
    handle: ({ caller }, { database }) => ({
      status: 200,
      body: { accounts: listAccounts(database, caller.token) },
    }),
  },

  'GET /accounts/{account_id}/users': {
    query: objectSchema({ user_type: { enum: ['project_manager'] } }),
    handle: ({ path, query }, { database }) => ({
      status: 200,
      body: { users: listUsers(database, path.account_id, query.user_type !== undefined) },
    }),
  },
} satisfies Partial<RouteTable>;
