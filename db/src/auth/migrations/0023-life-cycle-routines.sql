-- Routines about names and the end of accounts; see 0010 for what holds for all routines.

-- A purged account stays purged, whoever writes it: a restored backup or a statement by hand can't revive the person.
CREATE OR REPLACE FUNCTION keep_purged_user() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM user_tombstones WHERE user_id = NEW.user_id) THEN
    RAISE EXCEPTION 'The user was purged' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'keep_purged_user';
  END IF;
  RETURN NEW;
END;
$$;

CREATE OR REPLACE TRIGGER keep_purged_user
  BEFORE INSERT OR UPDATE OF user_id, account_status ON users
  FOR EACH ROW WHEN (NEW.account_status <> 'Deleted') EXECUTE FUNCTION keep_purged_user();

-- Gives a user another name and reserves the old one. p_error: 'Invalid username format', 'User not found', 'Username
-- already taken'. A reserved name can be had by who gave it up. Both names are held in one order, so that two people who
-- want each other's name wait for each other instead of being stuck.
CREATE OR REPLACE PROCEDURE change_username(
  OUT p_success boolean, OUT p_error varchar,
  p_user_id uuid, p_username varchar, p_reserved_for interval DEFAULT '90 days'
)
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_old varchar;
BEGIN
  p_success := FALSE;
  IF p_username IS NULL OR p_username !~ '^[A-Za-z0-9_]{3,50}$' THEN
    p_error := 'Invalid username format';
    RETURN;
  END IF;
  SELECT username INTO v_old FROM users WHERE user_id = p_user_id AND NOT is_deleted FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    p_error := 'User not found';
    RETURN;
  END IF;
  PERFORM lock_username(LEAST(lower(v_old), lower(p_username)));
  PERFORM lock_username(GREATEST(lower(v_old), lower(p_username)));

  IF EXISTS (SELECT FROM users WHERE lower(username) = lower(p_username) AND user_id <> p_user_id)
     OR EXISTS (SELECT FROM username_reservations
                 WHERE username_lower = lower(p_username) AND reserved_until > CURRENT_TIMESTAMP
                   AND NOT (reason = 'Renamed' AND EXISTS (
                     SELECT FROM username_history h
                      WHERE lower(h.username) = username_lower AND h.user_id = p_user_id))) THEN
    p_error := 'Username already taken';
    RETURN;
  END IF;

  UPDATE users SET username = p_username WHERE user_id = p_user_id;
  -- Another spelling of the same name gives nothing up.
  IF lower(v_old) <> lower(p_username) THEN
    DELETE FROM username_reservations WHERE username_lower = lower(p_username);
    INSERT INTO username_history (user_id, username) VALUES (p_user_id, v_old);
    INSERT INTO username_reservations (username_lower, reason, reserved_until)
    VALUES (lower(v_old), 'Renamed', CURRENT_TIMESTAMP + p_reserved_for)
    ON CONFLICT (username_lower) DO UPDATE
      SET reason = excluded.reason, reserved_until = excluded.reserved_until, created_at = CURRENT_TIMESTAMP;
  END IF;
  p_success := TRUE;
END;
$$;

-- Takes what names a person out of the login history, archived months included; that somebody logged in, when and from
-- which network stays for the figures. Returns how many lines.
CREATE OR REPLACE FUNCTION pseudonymise_login_history(p_user_id uuid) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_table regclass;
  v_rows integer;
  v_total integer := 0;
BEGIN
  FOR v_table IN
    SELECT c.oid FROM pg_class c
     WHERE (c.relnamespace = 'archive'::regnamespace AND c.relname ~ '^user_login_history_\d{4}_\d{2}$')
        OR c.oid = 'public.user_login_history'::regclass
  LOOP
    EXECUTE format(
      'UPDATE %s SET user_id = NULL, login_identifier = ''erased'', device_type = NULL, device_info = NULL,
                     location = NULL, user_agent = NULL,
                     ip_address = network(set_masklen(ip_address, CASE family(ip_address) WHEN 4 THEN 24 ELSE 48 END))
        WHERE user_id = $1', v_table) USING p_user_id;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    v_total := v_total + v_rows;
  END LOOP;
  RETURN v_total;
END;
$$;

-- Marks the account as deleted and ends its sessions. p_error: 'User not found' (or deleted already).
CREATE OR REPLACE PROCEDURE soft_delete_user(
  OUT p_success boolean, OUT p_error varchar,
  p_user_id uuid
)
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE users SET account_status = 'Deleted', deleted_at = CURRENT_TIMESTAMP, deactivated_at = NULL, suspended_until = NULL
   WHERE user_id = p_user_id AND NOT is_deleted;
  p_success := FOUND;
  IF NOT p_success THEN
    p_error := 'User not found';
    RETURN;
  END IF;
  UPDATE user_sessions SET revoked_at = CURRENT_TIMESTAMP, revoked_reason = 'StatusChanged'
   WHERE user_id = p_user_id AND is_active;
END;
$$;

-- Erases a person: what is left is a row without personal data, which others' references lead to, the reservation of the
-- name and a tombstone. Sessions that were open are in p_session_ids: their access tokens have to be denied.
-- p_error: 'User not found', 'User already purged'.
CREATE OR REPLACE PROCEDURE purge_user(
  OUT p_success boolean, OUT p_error varchar, OUT p_session_ids uuid[],
  p_user_id uuid, p_reserved_for interval DEFAULT '90 days'
)
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_user users%ROWTYPE;
  v_name varchar;
BEGIN
  p_success := FALSE;
  p_session_ids := '{}';
  SELECT * INTO v_user FROM users WHERE user_id = p_user_id FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    p_error := 'User not found';
    RETURN;
  ELSIF EXISTS (SELECT FROM user_tombstones WHERE user_id = p_user_id) THEN
    p_error := 'User already purged';
    RETURN;
  END IF;

  -- The name under which profiles shows an erased person. Somebody could have taken it, to be in the way.
  v_name := 'deleted_' || right(p_user_id::text, 12);
  PERFORM lock_username(LEAST(lower(v_user.username), v_name));
  PERFORM lock_username(GREATEST(lower(v_user.username), v_name));
  IF username_exists(v_name) THEN v_name := 'deleted_' || replace(gen_random_uuid()::text, '-', ''); END IF;

  SELECT COALESCE(array_agg(session_id), '{}') INTO p_session_ids FROM user_sessions WHERE user_id = p_user_id AND is_active;
  DELETE FROM user_sessions WHERE user_id = p_user_id;
  DELETE FROM verification_codes WHERE user_id = p_user_id;
  DELETE FROM password_reset_tokens WHERE user_id = p_user_id;
  DELETE FROM totp_secrets WHERE user_id = p_user_id;
  DELETE FROM recovery_codes WHERE user_id = p_user_id;
  DELETE FROM passkeys WHERE user_id = p_user_id;
  DELETE FROM username_history WHERE user_id = p_user_id;
  PERFORM pseudonymise_login_history(p_user_id);

  UPDATE users
     SET username = v_name, email = p_user_id || '@deleted.invalid', password_hash = '$argon2id$erased',
         first_name = '', last_name = '', phone_number = NULL, profile_picture_url = NULL,
         email_verified_at = NULL, phone_verified_at = NULL, role = 'User', account_status = 'Deleted',
         deleted_at = COALESCE(deleted_at, CURRENT_TIMESTAMP), deactivated_at = NULL, suspended_until = NULL,
         last_login_at = NULL, failed_login_attempts = 0, account_locked_until = NULL, password_changed_at = NULL
   WHERE user_id = p_user_id;
  INSERT INTO username_reservations (username_lower, reason, reserved_until)
  VALUES (lower(v_user.username), 'Purged', CURRENT_TIMESTAMP + p_reserved_for)
  ON CONFLICT (username_lower) DO UPDATE
    SET reason = excluded.reason, reserved_until = excluded.reserved_until, created_at = CURRENT_TIMESTAMP;
  INSERT INTO user_tombstones (user_id) VALUES (p_user_id);
  p_success := TRUE;
END;
$$;

-- Notes a service's receipt; with the last of p_services the purge is complete. Repeatable: what a second receipt says
-- changes nothing. False for somebody who was not purged.
CREATE OR REPLACE FUNCTION record_purge_receipt(
  p_user_id uuid, p_service varchar, p_erased_items integer, p_services varchar[]
) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  -- Receipts of one person come one after the other: of two last ones at once each would miss the other.
  PERFORM FROM user_tombstones WHERE user_id = p_user_id FOR UPDATE;
  IF NOT FOUND THEN RETURN FALSE; END IF;
  INSERT INTO purge_receipts (user_id, service, erased_items) VALUES (p_user_id, p_service, p_erased_items)
  ON CONFLICT (user_id, service) DO NOTHING;
  UPDATE user_tombstones SET completed_at = CURRENT_TIMESTAMP
   WHERE user_id = p_user_id AND completed_at IS NULL
     AND p_services <@ ARRAY(SELECT service FROM purge_receipts WHERE user_id = p_user_id);
  RETURN TRUE;
END;
$$;

-- Removes what ran out: sessions with their retired tokens, unused codes and tokens, secrets that nobody confirmed within
-- a day, reservations, mails done a week ago; archives the login history past its 90 days. Returns how many rows left the
-- live tables.
CREATE OR REPLACE FUNCTION cleanup_old_data() RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_rows integer;
  v_total integer := 0;
BEGIN
  DELETE FROM user_sessions WHERE expires_at < CURRENT_TIMESTAMP;
  GET DIAGNOSTICS v_rows = ROW_COUNT; v_total := v_total + v_rows;
  DELETE FROM verification_codes WHERE expires_at < CURRENT_TIMESTAMP AND NOT is_used;
  GET DIAGNOSTICS v_rows = ROW_COUNT; v_total := v_total + v_rows;
  DELETE FROM password_reset_tokens WHERE expires_at < CURRENT_TIMESTAMP AND NOT is_used;
  GET DIAGNOSTICS v_rows = ROW_COUNT; v_total := v_total + v_rows;
  DELETE FROM totp_secrets WHERE confirmed_at IS NULL AND created_at < CURRENT_TIMESTAMP - interval '1 day';
  GET DIAGNOSTICS v_rows = ROW_COUNT; v_total := v_total + v_rows;
  DELETE FROM username_reservations WHERE reserved_until < CURRENT_TIMESTAMP;
  GET DIAGNOSTICS v_rows = ROW_COUNT; v_total := v_total + v_rows;
  DELETE FROM mail_outbox WHERE sealed IS NULL AND created_at < CURRENT_TIMESTAMP - interval '7 days';
  GET DIAGNOSTICS v_rows = ROW_COUNT; v_total := v_total + v_rows;
  RETURN v_total + archive_login_history();
END;
$$;
