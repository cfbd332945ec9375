/**
 * Events, and their delivery to each webhook that subscribed to them. `created_at` and `occurred_at` are of the
 * emulator's clock; `next_attempt_at` and `expires_at` are of the system's, because they are about real connections.
 */
export default `
CREATE TABLE events (
  sequence INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  account_id INTEGER NOT NULL REFERENCES accounts (id),
  type TEXT NOT NULL CHECK (type IN ('target-group-updated', 'quota-fill-registered', 'session-updated')),
  data TEXT NOT NULL,
  occurred_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX events_by_age ON events (created_at);

CREATE TABLE deliveries (
  webhook_id TEXT NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
  event_sequence INTEGER NOT NULL REFERENCES events (sequence) ON DELETE CASCADE,
  status TEXT NOT NULL
    CHECK (status IN ('pending', 'delivering', 'delivered', 'undelivered', 'bounced', 'expired')),
  attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt_at INTEGER,
  expires_at INTEGER NOT NULL,
  response_status INTEGER,
  failure TEXT,
  PRIMARY KEY (webhook_id, event_sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_of_event ON deliveries (event_sequence);
CREATE INDEX deliveries_to_attempt ON deliveries (webhook_id, event_sequence) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX deliveries_by_time ON deliveries (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
`;
