-- Partitions ahead of time, and removal of what is past its time.

-- Makes the partitions of this month and the following ones. Rows of a month that landed in DEFAULT before its partition
-- was made are moved into it: PostgreSQL refuses the partition otherwise.
CREATE OR REPLACE FUNCTION ensure_login_history_partitions(p_months_ahead integer DEFAULT 3) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_first timestamptz := date_trunc('month', CURRENT_TIMESTAMP, 'UTC');
  v_from timestamptz;
  v_until timestamptz;
  v_name text;
  v_made integer := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('user_login_history partitions', 0));
  FOR v_offset IN 0..p_months_ahead LOOP
    v_from := (v_first AT TIME ZONE 'UTC' + make_interval(months => v_offset)) AT TIME ZONE 'UTC';
    v_until := (v_first AT TIME ZONE 'UTC' + make_interval(months => v_offset + 1)) AT TIME ZONE 'UTC';
    v_name := 'user_login_history_' || to_char(v_from AT TIME ZONE 'UTC', 'YYYY_MM');
    CONTINUE WHEN to_regclass('public.' || v_name) IS NOT NULL;
    EXECUTE format('CREATE TABLE public.%I (LIKE public.user_login_history INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', v_name);
    LOCK TABLE user_login_history IN SHARE ROW EXCLUSIVE MODE;
    EXECUTE format(
      'WITH moved AS (DELETE FROM public.user_login_history_default WHERE login_at >= %L AND login_at < %L RETURNING *)
       INSERT INTO public.%I SELECT * FROM moved', v_from, v_until, v_name);
    EXECUTE format('ALTER TABLE public.user_login_history ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
      v_name, v_from, v_until);
    v_made := v_made + 1;
  END LOOP;
  RETURN v_made;
END;
$$;

-- Detaches months whose last row is older than p_keep and moves them to the schema archive. Returns their rows.
-- Not CONCURRENTLY: that is refused while there is a DEFAULT partition.
CREATE OR REPLACE FUNCTION archive_login_history(p_keep interval DEFAULT '90 days') RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' SET lock_timeout = '5s' AS $$
DECLARE
  v_partition record;
  v_until timestamptz;
  v_rows integer;
  v_total integer := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('user_login_history partitions', 0));
  FOR v_partition IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'public.user_login_history'::regclass AND c.relname ~ '^user_login_history_\d{4}_\d{2}$'
     ORDER BY c.relname
  LOOP
    v_until := to_timestamp(right(v_partition.relname, 7), 'YYYY_MM') + interval '1 month';
    EXIT WHEN v_until > CURRENT_TIMESTAMP - p_keep;
    EXECUTE format('ALTER TABLE public.user_login_history DETACH PARTITION public.%I', v_partition.relname);
    EXECUTE format('ALTER TABLE public.%I SET SCHEMA archive', v_partition.relname);
    EXECUTE format('SELECT count(*) FROM archive.%I', v_partition.relname) INTO v_rows;
    v_total := v_total + v_rows;
  END LOOP;
  RETURN v_total;
END;
$$;

-- Removes what ran out: sessions with their retired tokens, unused codes and tokens, reservations, mails done a week ago;
-- archives the login history past its 90 days. Returns how many rows left the live tables.
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
  DELETE FROM username_reservations WHERE reserved_until < CURRENT_TIMESTAMP;
  GET DIAGNOSTICS v_rows = ROW_COUNT; v_total := v_total + v_rows;
  DELETE FROM mail_outbox WHERE sealed IS NULL AND created_at < CURRENT_TIMESTAMP - interval '7 days';
  GET DIAGNOSTICS v_rows = ROW_COUNT; v_total := v_total + v_rows;
  RETURN v_total + archive_login_history();
END;
$$;

SELECT ensure_login_history_partitions();
