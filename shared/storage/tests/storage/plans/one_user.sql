-- A hundred thousand events of the only user of an installation.
INSERT INTO log_heads (user_id, seq, published_seq, hash)
VALUES ('00000000-0000-4000-8000-000000000001', 100000, 99999, '\x');
INSERT INTO log_pending VALUES ('00000000-0000-4000-8000-000000000001');
INSERT INTO events (user_id, seq, id, type, task_id, version, data, digest, hash, time)
SELECT '00000000-0000-4000-8000-000000000001', n, gen_random_uuid(), 'todo.task.created', gen_random_uuid(), 1, '{}',
       '\x', '\x', now()
FROM generate_series(1, 100000) n;
