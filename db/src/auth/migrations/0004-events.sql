-- Events that wait to be published, in the transaction of the change they tell of, and those of others that were applied.
-- The shape is the service kit's: its outbox relay and inbox work on these tables.

CREATE TABLE outbox (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id     uuid NOT NULL UNIQUE,
  event        jsonb NOT NULL,
  appended_at  timestamptz NOT NULL DEFAULT now(),
  published_at timestamptz
);
-- The relay: what is unpublished, in order.
CREATE INDEX outbox_unpublished ON outbox (id) WHERE published_at IS NULL;
-- The purge, and publishing again after the bus lost its memory.
CREATE INDEX outbox_appended ON outbox (appended_at);

CREATE TABLE outbox_relay (
  id          text PRIMARY KEY,
  owner       text,
  until       timestamptz NOT NULL,
  epoch       text,
  incarnation text
);

CREATE TABLE inbox (
  consumer    text NOT NULL,
  event_id    uuid NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (consumer, event_id)
);
-- The purge.
CREATE INDEX inbox_received ON inbox (received_at);
