-- Every key begins with user_id: a reference across users cannot be written down, and the tables can be
-- distributed by user.

CREATE TABLE installation (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    id uuid NOT NULL,
    -- Renewed after a restore, so that positions handed out before it are refused.
    era bigint NOT NULL DEFAULT 1,
    system_identifier bigint NOT NULL,
    timeline integer NOT NULL,
    -- One published position has one consumer: what delivers the log here.
    delivery text CHECK (delivery IN ('in-process', 'kafka')),
    -- The release of the zone database that due instants were derived from.
    zone_database text,
    -- The newer one that they are being derived from anew, and the task up to which that is done.
    zone_walk_to text,
    zone_walk_user uuid,
    zone_walk_task uuid
);

-- A user's actor mailbox in a row: every command holds it from before it reads until it commits.
CREATE TABLE log_heads (
    user_id uuid PRIMARY KEY,
    seq bigint NOT NULL,
    published_seq bigint NOT NULL DEFAULT 0,
    hash bytea NOT NULL,
    CONSTRAINT log_heads_published_within_log CHECK (published_seq BETWEEN 0 AND seq)
) WITH (fillfactor = 50);

-- The users whose log is ahead of what was published. A row of its own keeps updates of the head HOT.
CREATE TABLE log_pending (
    user_id uuid PRIMARY KEY
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

CREATE TABLE events (
    user_id uuid NOT NULL,
    seq bigint NOT NULL,
    id uuid NOT NULL,
    type text NOT NULL,
    task_id uuid NOT NULL,
    version bigint NOT NULL,
    -- json, not jsonb: the bytes are what the digest covers. NULL once erased.
    data json,
    digest bytea NOT NULL,
    hash bytea NOT NULL,
    traceparent text,
    time timestamptz NOT NULL,
    PRIMARY KEY (user_id, seq)
);

CREATE INDEX events_by_task ON events (user_id, task_id, seq);

-- A row for each revision: an occurrence shows, and goes on by, the one it was made or changed under.
CREATE TABLE series (
    user_id uuid NOT NULL,
    id uuid NOT NULL,
    revision integer NOT NULL,
    rule text NOT NULL,
    mode text NOT NULL CHECK (mode IN ('schedule', 'completion')),
    -- A date, and a time of day unless it is a date only; likewise wherever such a pair stands.
    start_date date NOT NULL,
    start_time time,
    first_occurrence integer NOT NULL,
    time_zone text NOT NULL,
    exceptions text[] NOT NULL,
    additions text[] NOT NULL,
    template json NOT NULL,
    highest_occurrence integer NOT NULL,
    -- Where COUNT counts the rule's dates: how many there are by the highest occurrence, and the last of them.
    rule_index integer,
    last_date date,
    last_time time,
    PRIMARY KEY (user_id, id, revision)
);

CREATE TABLE tasks (
    user_id uuid NOT NULL,
    id uuid NOT NULL,
    title text NOT NULL,
    description text NOT NULL,
    priority text NOT NULL CHECK (priority IN ('high', 'medium', 'low')),
    tags text[] NOT NULL,
    time_zone text NOT NULL,
    due_date date,
    due_time time,
    due_at timestamptz,
    series_id uuid,
    series_revision integer,
    occurrence integer,
    scheduled_date date,
    scheduled_time time,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    completed_at timestamptz,
    deleted_at timestamptz,
    -- Whether a person's command has changed it since it was generated: then it is not withdrawn.
    touched boolean NOT NULL DEFAULT false,
    -- Whether it is deleted because its predecessor was reopened: then completing that revives it.
    withdrawn boolean NOT NULL DEFAULT false,
    successor_awaited_since timestamptz,
    -- What lists are ordered and searched by. These are made of the others by this program (tasks/derived.rs) …
    overdue_at timestamptz,
    title_key text COLLATE "C" NOT NULL,
    search tsvector NOT NULL,
    -- … and these by the database.
    bucket smallint NOT NULL GENERATED ALWAYS AS
        ((completed_at IS NOT NULL)::integer + 2 * (deleted_at IS NOT NULL)::integer) STORED,
    priority_rank smallint NOT NULL GENERATED ALWAYS AS
        (CASE priority WHEN 'low' THEN 0 WHEN 'medium' THEN 1 ELSE 2 END) STORED,
    due_key timestamptz NOT NULL GENERATED ALWAYS AS (coalesce(due_at, 'infinity')) STORED,
    PRIMARY KEY (user_id, id),
    CONSTRAINT tasks_in_series FOREIGN KEY (user_id, series_id, series_revision) REFERENCES series (user_id, id, revision),
    CONSTRAINT tasks_place_whole CHECK (num_nulls(series_id, series_revision, occurrence, scheduled_date) IN (0, 4)),
    CONSTRAINT tasks_withdrawn_is_deleted CHECK (NOT withdrawn OR deleted_at IS NOT NULL)
) WITH (fillfactor = 90);

-- One task for each place in a series.
CREATE UNIQUE INDEX tasks_one_per_occurrence ON tasks (user_id, series_id, occurrence) WHERE series_id IS NOT NULL;
-- One for each order of a list. What a list is of is a few values of the first three, so that it is read as a merge of
-- a few ranges, in order, each row once.
CREATE INDEX tasks_by_due ON tasks (user_id, bucket, priority_rank, due_key, id);
CREATE INDEX tasks_by_created ON tasks (user_id, bucket, priority_rank, created_at, id);
CREATE INDEX tasks_by_updated ON tasks (user_id, bucket, priority_rank, updated_at, id);
CREATE INDEX tasks_by_title ON tasks (user_id, bucket, priority_rank, title_key, id);
CREATE INDEX tasks_by_priority ON tasks (user_id, bucket, priority_rank, id);
-- Each word begins with its user, so that a search costs what one user has written. Nothing is kept pending: searches
-- would read it through, and the write that fills it would pay for all the others.
CREATE INDEX tasks_by_word ON tasks USING gin (search) WITH (fastupdate = off);
CREATE INDEX tasks_awaiting_successor ON tasks (successor_awaited_since, user_id, id)
    WHERE successor_awaited_since IS NOT NULL;

CREATE TABLE reminders (
    user_id uuid NOT NULL,
    task_id uuid NOT NULL,
    id uuid NOT NULL,
    position smallint NOT NULL,
    at timestamptz,
    "offset" text,
    fire_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('scheduled', 'fired', 'delivered', 'cancelled')),
    generation integer NOT NULL,
    fired_at timestamptz,
    PRIMARY KEY (user_id, task_id, id),
    CONSTRAINT reminders_of_task FOREIGN KEY (user_id, task_id) REFERENCES tasks (user_id, id),
    CONSTRAINT reminders_one_trigger CHECK ((at IS NULL) <> ("offset" IS NULL))
);

-- Only what is still to fire: the cost of finding what is due does not grow with what was.
CREATE INDEX reminders_scheduled ON reminders (fire_at, user_id) WHERE state = 'scheduled';
CREATE INDEX reminders_awaiting_notification ON reminders (fired_at, user_id, task_id, id) WHERE state = 'fired';

CREATE TABLE notifications (
    user_id uuid NOT NULL,
    id uuid NOT NULL,
    task_id uuid NOT NULL,
    reminder_id uuid NOT NULL,
    title text NOT NULL,
    remind_at timestamptz NOT NULL,
    fired_at timestamptz NOT NULL,
    read_at timestamptz,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, id),
    CONSTRAINT notifications_of_task FOREIGN KEY (user_id, task_id) REFERENCES tasks (user_id, id)
);

CREATE INDEX notifications_newest ON notifications (user_id, created_at DESC, id DESC);
CREATE INDEX notifications_unread_newest ON notifications (user_id, created_at DESC, id DESC) WHERE read_at IS NULL;

-- The first committed answer to a request, for its repetitions.
CREATE TABLE idempotency_keys (
    user_id uuid NOT NULL,
    path text NOT NULL,
    key text NOT NULL,
    request_digest bytea NOT NULL,
    status smallint NOT NULL,
    location text,
    etag text,
    body text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, path, key)
);

CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

-- In-process delivery: what a consumer could not take yet, and what it will never take.
CREATE TABLE retries (
    user_id uuid NOT NULL,
    seq bigint NOT NULL,
    consumer text NOT NULL,
    attempts integer NOT NULL,
    next_attempt_at timestamptz NOT NULL,
    error text NOT NULL,
    PRIMARY KEY (user_id, seq, consumer),
    CONSTRAINT retries_of_event FOREIGN KEY (user_id, seq) REFERENCES events (user_id, seq)
);

CREATE INDEX retries_due ON retries (next_attempt_at);

CREATE TABLE dead_letters (
    user_id uuid NOT NULL,
    seq bigint NOT NULL,
    consumer text NOT NULL,
    attempts integer NOT NULL,
    error text NOT NULL,
    died_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, seq, consumer),
    CONSTRAINT dead_letters_of_event FOREIGN KEY (user_id, seq) REFERENCES events (user_id, seq)
);

CREATE INDEX dead_letters_newest ON dead_letters (died_at DESC);

-- Who alone may do what; advisory locks do not survive a transaction-mode pooler.
CREATE TABLE leases (
    name text PRIMARY KEY,
    holder uuid NOT NULL,
    epoch bigint NOT NULL,
    expires_at timestamptz NOT NULL
);
