-- Twenty thousand tasks of one user, of whom the last six bytes are zero, and as many of a hundred others. Of each
-- hundred one is tagged, one is high and one, another one, is low; half have a word that the others have not.
INSERT INTO tasks (user_id, id, title, description, priority, tags, time_zone, due_date, due_at, overdue_at, version,
                   created_at, updated_at, completed_at, deleted_at, title_key, search)
SELECT user_id, gen_random_uuid(), '', '', CASE n % 100 WHEN 10 THEN 'high' WHEN 20 THEN 'low' ELSE 'medium' END, '{}',
       'UTC', CASE WHEN due IS NOT NULL THEN date '2026-12-01' END, due, due, 1, made, made + (n::bigint * 7919 % 20011) * interval '1 s',
       CASE WHEN n % 7 = 3 THEN made END, CASE WHEN n % 11 = 4 THEN made END, md5(n::text),
       format('''%1$s#%2$s'' ''%1$s%3$s'':1A ''%1$sword%2$s'':2 ''%1$severy'':3', encode(decode(right(user_id::text, 12), 'hex'), 'base64'),
              CASE WHEN n % 100 = 50 THEN 'rare' ELSE (n % 99)::text END, CASE WHEN n % 4 = 0 THEN 'half' ELSE 'other' END)::tsvector
FROM generate_series(1, 40000) n,
     LATERAL (SELECT CASE WHEN n % 2 = 0 THEN '00000000-0000-0001-0000-000000000000'
                          ELSE '00000000-0000-0001-0000-' || lpad(to_hex(1 + n % 100), 12, '0') END::uuid AS user_id,
                     timestamptz '2026-01-01Z' + n * interval '1 minute' AS made,
                     CASE WHEN n % 10 > 0 THEN timestamptz '2026-11-01Z' + (n::bigint * 104729 % 1000003) * interval '5 s' END AS due) m;
