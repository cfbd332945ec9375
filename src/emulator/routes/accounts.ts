import { listAccounts } from '../store/accounts.js';
import type { RouteTable } from './route.js';

export const accountRoutes = {
  'GET /accounts': {
    handle: ({ caller }, { database }) => ({
      status: 200,
      body: { accounts: listAccounts(database, caller.token) },
    }),
  },
} satisfies Partial<RouteTable>;
