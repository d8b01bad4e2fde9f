-- A million tasks of a thousand users, one of whom has a hundred thousand; whatever else an installation of that age
-- has. Ids rise with time and users interleave, as they do where people write.
SET session_replication_role = replica;
SET maintenance_work_mem = '256MB';

-- Indexes are built faster than they are grown.
CREATE TEMPORARY TABLE kept AS
SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition
FROM pg_index
WHERE indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid);

DO $$
DECLARE
    index record;
BEGIN
    FOR index IN SELECT name FROM kept LOOP
        EXECUTE 'DROP INDEX ' || index.name;
    END LOOP;
END $$;

CREATE FUNCTION pg_temp.id(kind integer, n bigint) RETURNS uuid IMMUTABLE LANGUAGE sql
    RETURN (lpad(to_hex(kind), 8, '0') || '-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid;
CREATE FUNCTION pg_temp.owner(n bigint) RETURNS uuid IMMUTABLE LANGUAGE sql
    RETURN pg_temp.id(1, CASE WHEN n % 10 = 0 THEN 0 ELSE 1 + n % 999 END);
CREATE FUNCTION pg_temp.moment(n bigint) RETURNS timestamptz IMMUTABLE LANGUAGE sql
    RETURN to_timestamp(1767225600 + n);

INSERT INTO tasks (user_id, id, title, description, priority, tags, time_zone, due_date, due_at, series_id, series_revision,
                   occurrence, scheduled_date, version, created_at, updated_at, completed_at, deleted_at,
                   successor_awaited_since, title_key, search)
SELECT pg_temp.owner(n), pg_temp.id(2, n), 'A task', '', 'medium', '{}', 'UTC',
       CASE WHEN n % 5 > 0 THEN date '2026-01-01' END,
       CASE WHEN n % 5 > 0 THEN pg_temp.moment(n::bigint * 7919 % 50000017) END,
       CASE WHEN n % 50 = 0 THEN pg_temp.id(3, n) END,
       CASE WHEN n % 50 = 0 THEN 1 END, CASE WHEN n % 50 = 0 THEN 1 END,
       CASE WHEN n % 50 = 0 THEN date '2026-01-01' END,
       1, pg_temp.moment(n), pg_temp.moment(n),
       CASE WHEN n % 3 = 0 THEN pg_temp.moment(n) END,
       CASE WHEN n % 11 = 0 THEN pg_temp.moment(n) END,
       CASE WHEN n % 1000 = 0 THEN pg_temp.moment(n) END, 'a task', ''
FROM generate_series(1, 1000000) n;

INSERT INTO series (user_id, id, revision, rule, mode, start_date, first_occurrence, time_zone, exceptions, additions,
                    template, highest_occurrence, rule_index)
SELECT pg_temp.owner(n), pg_temp.id(3, n), 1, 'FREQ=DAILY', 'schedule', '2026-01-01', 1, 'UTC', '{}', '{}', '{}', 1, 1
FROM generate_series(50, 1000000, 50) n;

-- Few are due at the end of November 2026; the rest are far ahead, fired long ago, or fired just now.
INSERT INTO reminders (user_id, task_id, id, position, "offset", fire_at, state, generation, fired_at)
SELECT pg_temp.owner(n), pg_temp.id(2, n), pg_temp.id(4, n), 0, 'PT0S',
       CASE WHEN n % 10007 = 0 THEN timestamptz '2026-11-22Z' + n % 86400 * interval '1 second'
            ELSE timestamptz '2027-06-01Z' + n * interval '1 second' END,
       CASE WHEN n % 5 > 0 OR n % 10007 = 0 THEN 'scheduled' WHEN n % 10000 = 5 THEN 'fired' ELSE 'delivered' END,
       1, CASE WHEN n % 5 = 0 AND n % 10007 > 0 THEN pg_temp.moment(n) END
FROM generate_series(1, 1000000) n;

INSERT INTO log_heads (user_id, seq, hash) SELECT pg_temp.id(1, n), 300, '\x' FROM generate_series(0, 99999) n;
INSERT INTO log_pending SELECT pg_temp.id(1, n * 4) FROM generate_series(0, 19999) n;

INSERT INTO events (user_id, seq, id, type, task_id, version, data, digest, hash, time)
SELECT pg_temp.id(1, n % 1000), 1 + n / 1000, pg_temp.id(5, n), 'todo.task.created', pg_temp.id(2, n), 1,
       '{"title": "A task"}', '\x', '\x', pg_temp.moment(n)
FROM generate_series(0, 299999) n;

INSERT INTO notifications (user_id, id, task_id, reminder_id, title, remind_at, fired_at, read_at, created_at)
SELECT pg_temp.owner(n), pg_temp.id(6, n), pg_temp.id(2, n), pg_temp.id(4, n), 'A task', pg_temp.moment(n),
       pg_temp.moment(n), CASE WHEN n % 10 > 0 THEN pg_temp.moment(n) END, pg_temp.moment(n)
FROM generate_series(1, 300000) n;

INSERT INTO idempotency_keys (user_id, path, key, request_digest, status, body, created_at)
SELECT pg_temp.owner(n), '/v1/tasks', n::text, '\x', 201, '{}', pg_temp.moment(n) FROM generate_series(1, 100000) n;

INSERT INTO retries (user_id, seq, consumer, attempts, next_attempt_at, error)
SELECT pg_temp.id(1, n % 1000), 1 + n / 1000, 'on-reminder-due', 1, pg_temp.moment(n), '' FROM generate_series(0, 19999) n;
INSERT INTO dead_letters (user_id, seq, consumer, attempts, error, died_at)
SELECT pg_temp.id(1, n % 1000), 1 + n / 1000, 'on-reminder-due', 1, '', pg_temp.moment(n) FROM generate_series(0, 19999) n;

DO $$
DECLARE
    index record;
BEGIN
    FOR index IN SELECT definition FROM kept LOOP
        EXECUTE index.definition;
    END LOOP;
END $$;

RESET session_replication_role;
