-- The feed of changed accounts, oldest change first, from which other services repair their copies.
CREATE INDEX users_updated_at_idx ON users (updated_at, user_id);
