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
