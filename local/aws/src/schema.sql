CREATE TABLE IF NOT EXISTS queues (
    name       TEXT PRIMARY KEY,
    attributes TEXT NOT NULL, -- JSON, as CreateQueue took them
    created_at INTEGER NOT NULL
) STRICT;

-- Times are milliseconds since the epoch. AUTOINCREMENT: a receipt handle names a row, and the
-- row of a deleted message must not be given to another one.
CREATE TABLE IF NOT EXISTS messages (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    queue              TEXT NOT NULL REFERENCES queues (name) ON DELETE CASCADE,
    message_id         TEXT NOT NULL,
    body               TEXT NOT NULL,
    attributes         TEXT NOT NULL, -- JSON, as SendMessage took them
    system_attributes  TEXT NOT NULL, -- JSON, as SendMessage took them
    group_id           TEXT,
    deduplication_id   TEXT,
    sent_at            INTEGER NOT NULL,
    visible_at         INTEGER NOT NULL,
    receive_count      INTEGER NOT NULL DEFAULT 0,
    first_received_at  INTEGER,
    receipt            TEXT,          -- of the last receive
    dead_letter_source TEXT           -- the queue whose receives were used up
) STRICT;

CREATE INDEX IF NOT EXISTS messages_by_visibility ON messages (queue, visible_at);
CREATE INDEX IF NOT EXISTS messages_by_group ON messages (queue, group_id, visible_at);

CREATE TABLE IF NOT EXISTS deduplication (
    queue            TEXT NOT NULL,
    deduplication_id TEXT NOT NULL,
    message_id       TEXT NOT NULL,
    sequence         INTEGER NOT NULL,
    sent_at          INTEGER NOT NULL,
    PRIMARY KEY (queue, deduplication_id)
) STRICT;

CREATE TABLE IF NOT EXISTS mail (
    id      TEXT PRIMARY KEY,
    sent_at INTEGER NOT NULL,
    mail    TEXT NOT NULL -- JSON
) STRICT;

CREATE INDEX IF NOT EXISTS mail_by_time ON mail (sent_at);

CREATE TABLE IF NOT EXISTS publications (
    id           TEXT PRIMARY KEY,
    published_at INTEGER NOT NULL,
    publication  TEXT NOT NULL -- JSON
) STRICT;

CREATE INDEX IF NOT EXISTS publications_by_time ON publications (published_at);

CREATE TABLE IF NOT EXISTS platform_endpoints (
    arn         TEXT PRIMARY KEY,
    application TEXT NOT NULL,
    token       TEXT NOT NULL,
    user_data   TEXT NOT NULL,
    enabled     INTEGER NOT NULL,
    UNIQUE (application, token)
) STRICT;

CREATE TABLE IF NOT EXISTS subscriptions (
    arn       TEXT PRIMARY KEY,
    topic     TEXT NOT NULL,
    endpoint  TEXT NOT NULL,
    token     TEXT NOT NULL, -- what confirms it
    confirmed INTEGER NOT NULL DEFAULT 0,
    UNIQUE (topic, endpoint)
) STRICT;

-- What is still to be posted to subscriptions. The times of retries are the machine's; only
-- `published_at` is of the clock that tests move.
CREATE TABLE IF NOT EXISTS deliveries (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    subscription  TEXT NOT NULL REFERENCES subscriptions (arn) ON DELETE CASCADE,
    message_id    TEXT NOT NULL,
    kind          TEXT NOT NULL, -- SubscriptionConfirmation or Notification
    subject       TEXT,
    message       TEXT NOT NULL,
    published_at  INTEGER NOT NULL,
    attempts      INTEGER NOT NULL DEFAULT 0,
    failing_since INTEGER,
    retry_at      INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX IF NOT EXISTS deliveries_by_subscription ON deliveries (subscription, retry_at);
