-- Keys that sign access tokens, and mails that wait to be sent. Secrets in both are encrypted with a key that is not in
-- the database.

CREATE TABLE signing_keys (
  kid                   varchar(64) PRIMARY KEY,
  algorithm             varchar(20) NOT NULL,
  public_jwk            jsonb NOT NULL,
  private_key_encrypted bytea NOT NULL,
  created_at            timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  -- From when on it signs. Published before that, so that every verifier knows it by then.
  signs_from            timestamptz(3) NOT NULL,
  -- Until when it is published; null while it is the newest.
  published_until       timestamptz(3),
  CONSTRAINT signing_keys_algorithm_known CHECK (algorithm IN ('EdDSA')),
  CONSTRAINT signing_keys_public_only CHECK (NOT public_jwk ? 'd'),
  CONSTRAINT signing_keys_published_after_signing CHECK (published_until IS NULL OR published_until > signs_from)
);
-- At most one newest key, whatever processes start at once.
CREATE UNIQUE INDEX signing_keys_newest_key ON signing_keys ((published_until IS NULL)) WHERE published_until IS NULL;

CREATE TABLE mail_outbox (
  mail_id      uuid PRIMARY KEY,
  kind         varchar(40) NOT NULL,
  -- Recipient and content, encrypted; erased once sent or given up.
  sealed       bytea,
  attempts     integer NOT NULL DEFAULT 0,
  available_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  created_at   timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  sent_at      timestamptz(3),
  failed_at    timestamptz(3),
  last_error   varchar(255),
  CONSTRAINT mail_outbox_sent_or_failed CHECK (sent_at IS NULL OR failed_at IS NULL),
  CONSTRAINT mail_outbox_erased_when_done CHECK ((sealed IS NULL) = (sent_at IS NOT NULL OR failed_at IS NOT NULL)),
  CONSTRAINT mail_outbox_attempts_positive CHECK (attempts >= 0)
);
-- What waits, oldest first.
CREATE INDEX mail_outbox_waiting_idx ON mail_outbox (available_at, mail_id) WHERE sealed IS NOT NULL;
-- Clean-up of those done.
CREATE INDEX mail_outbox_created_at_idx ON mail_outbox (created_at);
