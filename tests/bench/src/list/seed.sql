-- Tasks of one user, and of a thousand others. What begins with a dollar is filled in.
SET synchronous_commit = off;
SET maintenance_work_mem = '512MB';

-- Indexes are built faster than they are grown.
CREATE TEMPORARY TABLE kept AS
SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition
FROM pg_index
WHERE indrelid = 'tasks'::regclass AND NOT indisprimary;

DO $$
DECLARE
    index record;
BEGIN
    FOR index IN SELECT name FROM kept LOOP
        EXECUTE 'DROP INDEX ' || index.name;
    END LOOP;
END $$;

-- Of 20,000 words few are used often. One task in ten thousand has the tag 'rare', one in three 'common'.
INSERT INTO tasks (user_id, id, title, description, priority, tags, time_zone, due_date, due_time, due_at, overdue_at,
                   version, created_at, updated_at, completed_at, deleted_at, title_key, search)
SELECT owner.id, gen_random_uuid(), words.title, words.description,
       CASE WHEN n % 10 = 0 THEN 'high' WHEN n % 10 < 3 THEN 'low' ELSE 'medium' END, words.tags, 'UTC',
       due.at::date, due.at::time, due.at, due.at, 1, made.at, made.at + random() * interval '30 days',
       CASE WHEN random() < 0.5 THEN made.at END, CASE WHEN random() < 0.05 THEN made.at END, words.title, words.search::tsvector
FROM generate_series(1, $TASKS + $OTHERS) n,
     LATERAL (SELECT ('$USERS' || lpad(to_hex(CASE WHEN n <= $TASKS THEN 0 ELSE 1 + n % 1000 END), 12, '0'))::uuid AS id) owner,
     LATERAL (SELECT encode(decode(right(owner.id::text, 12), 'hex'), 'base64') AS prefix) lexeme,
     LATERAL (SELECT now() - (random() + 0 * n) * interval '5 years' AS at) made,
     LATERAL (SELECT CASE WHEN random() < 0.8 THEN date_trunc('second', made.at + (random() + 0 * n) * interval '1 year') END AS at) due,
     LATERAL (SELECT string_agg('w' || w, ' ') FILTER (WHERE place <= 4) AS title,
                     string_agg('w' || w, ' ') FILTER (WHERE place > 4) AS description,
                     CASE WHEN n % 10000 = 0 THEN '{rare}' WHEN n % 3 = 0 THEN '{common}' ELSE '{}' END::text[] AS tags,
                     string_agg(format('''%sw%s'':%s%s', prefix, w, place, CASE WHEN place <= 4 THEN 'A' ELSE 'D' END), ' ')
                         || CASE WHEN n % 10000 = 0 THEN format(' ''%s#rare''', prefix)
                                 WHEN n % 3 = 0 THEN format(' ''%s#common''', prefix) ELSE '' END AS search
              FROM (SELECT place, floor(20000 * random() ^ 4 + 0 * n)::integer AS w FROM generate_series(1, 14) place) w) words;

DO $$
DECLARE
    index record;
BEGIN
    FOR index IN SELECT definition FROM kept LOOP
        EXECUTE index.definition;
    END LOOP;
END $$;
