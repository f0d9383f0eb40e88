-- How accounts pause and end, and what stays of them.

ALTER TABLE users
  -- Since when its owner has the account deactivated: for 30 days it can be restored.
  ADD COLUMN deactivated_at  timestamptz(3),
  -- When a suspension ends; null for one without an end.
  ADD COLUMN suspended_until timestamptz(3),
  ADD CONSTRAINT users_deactivated_is_inactive CHECK (deactivated_at IS NULL OR account_status = 'Inactive'),
  ADD CONSTRAINT users_suspension_is_suspended CHECK (suspended_until IS NULL OR account_status = 'Suspended');
UPDATE users SET deactivated_at = updated_at WHERE account_status = 'Inactive';
-- The job that purges accounts whose 30 days are over.
CREATE INDEX users_deactivated_at_idx ON users (deactivated_at) WHERE deactivated_at IS NOT NULL;
-- The job that ends suspensions.
CREATE INDEX users_suspended_until_idx ON users (suspended_until) WHERE suspended_until IS NOT NULL;

CREATE TABLE username_history (
  history_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id     uuid NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
  username    varchar(50) NOT NULL,
  released_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT username_history_form CHECK (username ~ '^[A-Za-z0-9_]{3,50}$')
);
COMMENT ON TABLE username_history IS 'Names people had before. Who gave one up may take it back while it is reserved.';
-- A person's earlier names, newest first.
CREATE INDEX username_history_user_idx ON username_history (user_id, released_at DESC, history_id DESC);
-- Whose a name was, for moderators and for whoever takes it back.
CREATE INDEX username_history_name_idx ON username_history (lower(username), released_at DESC);

CREATE TABLE user_tombstones (
  user_id      uuid PRIMARY KEY,
  purged_at    timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  -- When every service had given its receipt.
  completed_at timestamptz(3),
  CONSTRAINT user_tombstones_completed_later CHECK (completed_at >= purged_at)
);
COMMENT ON TABLE user_tombstones IS
  'Who was erased. No foreign key: a tombstone stays whatever becomes of the row, and keeps a restored backup from reviving the person.';
-- Purges that some service has not confirmed, oldest first.
CREATE INDEX user_tombstones_open_idx ON user_tombstones (purged_at) WHERE completed_at IS NULL;

CREATE OR REPLACE TRIGGER user_tombstones_stay
  BEFORE DELETE OR TRUNCATE OR UPDATE OF user_id, purged_at ON user_tombstones
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE purge_receipts (
  user_id      uuid NOT NULL REFERENCES user_tombstones (user_id),
  service      varchar(40) NOT NULL,
  erased_items integer NOT NULL,
  erased_at    timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  -- One receipt per service, however often its event comes.
  PRIMARY KEY (user_id, service),
  CONSTRAINT purge_receipts_service_form CHECK (service ~ '^[a-z][a-z-]*$'),
  CONSTRAINT purge_receipts_items_positive CHECK (erased_items >= 0)
);
COMMENT ON TABLE purge_receipts IS 'Which services have erased their part of a purged person.';
