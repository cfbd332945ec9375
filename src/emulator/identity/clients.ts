import { timingSafeEqual, hash } from 'node:crypto';
import { demo } from '../demo.js';

/** A client of the token endpoint. */
export interface Client {
  readonly id: string;
  readonly secret: string;
  /** The demo token whose accounts, user and idempotency keys the client's access tokens share. */
  readonly actsAs: string;
}

const clients: readonly Client[] = [{ ...demo.client, actsAs: demo.bothToken }];

export function findClient(id: string): Client | undefined {
  return clients.find((client) => client.id === id);
}

export function hasSecret(client: Client, secret: string): boolean {
  return timingSafeEqual(hash('sha256', client.secret, 'buffer'), hash('sha256', secret, 'buffer'));
}
