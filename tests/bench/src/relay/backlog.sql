-- Events of users $FIRST to $LAST, $COUNT more of each than the $UPTO they have, in the order of commits, in three topics in
-- turn. Data as create-task writes it, of a task of its own; a chain that nobody verifies. The heads do not say yet that
-- they are there.
INSERT INTO events (user_id, seq, id, type, task_id, version, data, digest, hash, traceparent, time)
SELECT user_id, seq, gen_random_uuid(),
       (ARRAY['todo.task.created', 'todo.task.updated', 'todo.task.completed'])[1 + seq % 3],
       task_id, 1, replace($DATA, '$TASK', task_id::text)::json, sha256(''), sha256(''),
       '00-' || md5(task_id::text) || '-' || left(md5(seq::text), 16) || '-01', now()
FROM (
    SELECT ('$USERS' || lpad(to_hex(n), 12, '0'))::uuid AS user_id, seq, gen_random_uuid() AS task_id
    FROM generate_series($UPTO + 1, $UPTO + $COUNT) seq, generate_series($FIRST, $LAST) n
) made;
