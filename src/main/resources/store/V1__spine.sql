-- The platform's own tables. Rows are ours; everything a user edits is a file.
CREATE TABLE store (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- Epochs are issued once and never reused. The tokens that tell a restored side from a lost delete lie in the
-- journal's newest segment, in the transaction of the page they belong to.
CREATE TABLE collected_database (name TEXT PRIMARY KEY, epoch INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE subscription (
    name TEXT PRIMARY KEY,
    database TEXT NOT NULL,
    position INTEGER NOT NULL,
    state TEXT NOT NULL,           -- running, paused, stopped
    reason TEXT,                   -- why it is paused or stopped
    created_at TEXT NOT NULL,
    orphaned_at TEXT               -- since when no route uses it
) WITHOUT ROWID;

-- Changes that failed their quick tries; later changes of their key wait behind them, in position order.
CREATE TABLE parked_change (
    subscription TEXT NOT NULL,
    position INTEGER NOT NULL,
    batch INTEGER NOT NULL,        -- position of the first change of the delivery it failed in
    table_name TEXT NOT NULL,
    lane_key TEXT NOT NULL,        -- the key, {} where the change waits for all of its table or of the subscription
    lane_key_before TEXT,          -- where the change altered the key
    operation TEXT NOT NULL,
    change TEXT NOT NULL,          -- whole, as JSON
    attempts INTEGER NOT NULL,     -- 0: it waits behind another of its key
    retries INTEGER NOT NULL,      -- those of the attempts that the schedule made
    next_try TEXT,
    first_failed TEXT,
    error TEXT,
    PRIMARY KEY (subscription, position)
) WITHOUT ROWID;

CREATE TABLE dead_letter (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    subscription TEXT NOT NULL,
    position INTEGER NOT NULL,
    table_name TEXT NOT NULL,
    change TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    error TEXT NOT NULL,
    first_failed TEXT NOT NULL,
    died_at TEXT NOT NULL,
    UNIQUE (subscription, position)
);

CREATE TABLE api_key (
    id TEXT PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,     -- SHA-256 of the key's 256 random bits; the key itself is never kept
    party TEXT NOT NULL,           -- the origin of what it writes
    scopes TEXT NOT NULL,
    created_at TEXT NOT NULL
) WITHOUT ROWID;
