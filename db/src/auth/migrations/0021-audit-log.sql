-- What people with power did. Lines are added and never changed, whichever statement tries.

CREATE TABLE audit_log (
  audit_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- Null: the system, such as a job or a command of an operator. No foreign keys: a line outlives whom it names.
  actor_id     uuid,
  action       varchar(60) NOT NULL,
  subject_type varchar(30) NOT NULL,
  subject_id   varchar(64) NOT NULL,
  reason       varchar(500),
  -- Ids, names of fields, old and new states. No personal data: it could not be erased here.
  details      jsonb NOT NULL DEFAULT '{}',
  at           timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT audit_log_action_form CHECK (action ~ '^[A-Z][A-Za-z]+$'),
  CONSTRAINT audit_log_subject_type_form CHECK (subject_type ~ '^[A-Z][A-Za-z]+$'),
  CONSTRAINT audit_log_subject_given CHECK (length(subject_id) >= 1),
  CONSTRAINT audit_log_reason_given CHECK (reason IS NULL OR length(reason) >= 1),
  CONSTRAINT audit_log_details_object CHECK (jsonb_typeof(details) = 'object')
);
COMMENT ON TABLE audit_log IS 'Append-only: what moderators, administrators and the system did to whom, and why.';
-- What happened to somebody or something, newest first.
CREATE INDEX audit_log_subject_idx ON audit_log (subject_type, subject_id, at DESC, audit_id DESC);
-- What somebody did, newest first.
CREATE INDEX audit_log_actor_idx ON audit_log (actor_id, at DESC, audit_id DESC);
-- Everything of a kind, newest first.
CREATE INDEX audit_log_action_idx ON audit_log (action, at DESC, audit_id DESC);
-- Everything, newest first.
CREATE INDEX audit_log_at_idx ON audit_log (at DESC, audit_id DESC);

CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME;
END;
$$;

CREATE OR REPLACE TRIGGER audit_log_append_only
  BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- Also in a session that replicates, which skips ordinary triggers.
ALTER TABLE audit_log ENABLE ALWAYS TRIGGER audit_log_append_only;
