-- +goose Up

-- The map. key '' is the organisation, '@groups' the mirror of Slack's user groups.
CREATE TABLE map_head (
  key       TEXT PRIMARY KEY,
  version   INTEGER NOT NULL,
  preferred BOOLEAN NOT NULL DEFAULT FALSE, -- the default process
  created   INTEGER NOT NULL                -- order in which processes appeared
) WITHOUT ROWID;

CREATE TABLE map_version (
  key     TEXT NOT NULL,
  version INTEGER NOT NULL,
  actor   TEXT NOT NULL,
  at      INTEGER NOT NULL,
  why     TEXT NOT NULL,
  body    TEXT NOT NULL, -- JSON
  PRIMARY KEY (key, version)
);

CREATE TABLE person (
  id        TEXT PRIMARY KEY,
  name      TEXT NOT NULL,
  real_name TEXT NOT NULL,
  locale    TEXT NOT NULL,
  tz        TEXT NOT NULL,
  bot       BOOLEAN NOT NULL,
  deleted   BOOLEAN NOT NULL,
  seen      INTEGER
);

CREATE TABLE user_group (
  id      TEXT PRIMARY KEY,
  handle  TEXT NOT NULL,
  members TEXT NOT NULL, -- JSON
  seen    INTEGER
);

CREATE TABLE settings (
  person      TEXT PRIMARY KEY,
  lang        TEXT NOT NULL,
  muted       BOOLEAN NOT NULL,
  daily       BOOLEAN NOT NULL,
  snoozed     INTEGER,
  home_seen   BOOLEAN NOT NULL,
  pulse_asked INTEGER,
  nudged_on   TEXT NOT NULL
);

CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE import_batch (
  id        INTEGER PRIMARY KEY,
  process   TEXT NOT NULL,
  started   INTEGER NOT NULL,
  touched   INTEGER NOT NULL, -- protocol time of its last sign of life
  published INTEGER           -- from then on its deals are seen
);

CREATE TABLE deal (
  id            INTEGER PRIMARY KEY,
  process       TEXT NOT NULL,
  version       INTEGER NOT NULL,
  moves         INTEGER NOT NULL,
  episode       INTEGER NOT NULL,
  name          TEXT NOT NULL,
  account       TEXT NOT NULL,
  owner         TEXT NOT NULL,
  team          TEXT NOT NULL,
  amount        INTEGER NOT NULL, -- minor units
  currency      TEXT NOT NULL,
  source        TEXT NOT NULL,
  stage         TEXT NOT NULL,
  entered       INTEGER,
  status        TEXT NOT NULL,
  created       INTEGER,
  closed        INTEGER,
  done          INTEGER,
  reason        TEXT NOT NULL,
  next_step     TEXT NOT NULL,
  next_by       INTEGER,
  close_on      INTEGER,
  margin        REAL,
  waiting       TEXT NOT NULL,
  wait_from     INTEGER,
  parked        INTEGER,
  park_from     INTEGER,
  park_why      TEXT NOT NULL,
  last_activity INTEGER,
  fields        TEXT NOT NULL, -- JSON
  external      TEXT NOT NULL,
  search        TEXT NOT NULL,              -- folded name and account
  touched       INTEGER NOT NULL,           -- time of its last event
  approvals     INTEGER NOT NULL DEFAULT 0, -- how many requests it has
  alive         BOOLEAN NOT NULL,           -- open, or won but not completed
  batch         INTEGER NOT NULL DEFAULT 0  -- import that brought it, until it is adopted
);
CREATE INDEX deal_alive_stage ON deal (process, stage) WHERE alive;
CREATE INDEX deal_alive_owner ON deal (owner) WHERE alive;
CREATE INDEX deal_search ON deal (search);
CREATE UNIQUE INDEX deal_external ON deal (process, external) WHERE external <> '';
CREATE INDEX deal_batch ON deal (batch) WHERE batch <> 0;

CREATE TABLE event (
  deal    INTEGER NOT NULL REFERENCES deal (id),
  version INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  actor   TEXT NOT NULL,
  type    TEXT NOT NULL,
  data    TEXT NOT NULL, -- JSON, hashed as it stands
  pos     INTEGER,       -- place in the audit chain; NULL until sealed, 0 while an import hides it
  hash    BLOB,
  PRIMARY KEY (deal, version)
) WITHOUT ROWID;
CREATE INDEX event_unsealed ON event (deal, version) WHERE pos IS NULL;
CREATE UNIQUE INDEX event_pos ON event (pos) WHERE pos > 0;

CREATE TABLE audit_head (
  id   INTEGER PRIMARY KEY CHECK (id = 1),
  pos  INTEGER NOT NULL,
  hash BLOB NOT NULL
);
INSERT INTO audit_head (id, pos, hash) VALUES (1, 0, x'');

CREATE TABLE stay (
  deal     INTEGER NOT NULL REFERENCES deal (id),
  visit    INTEGER NOT NULL,
  episode  INTEGER NOT NULL,
  stage    TEXT NOT NULL,
  entered  INTEGER,
  left_at  INTEGER,
  exit     TEXT NOT NULL,
  to_stage TEXT NOT NULL,
  skipped  TEXT NOT NULL, -- JSON
  actor    TEXT NOT NULL,
  event    INTEGER NOT NULL,
  PRIMARY KEY (deal, visit)
) WITHOUT ROWID;

CREATE TABLE wait (
  deal    INTEGER NOT NULL REFERENCES deal (id),
  n       INTEGER NOT NULL,
  kind    TEXT NOT NULL,
  began   INTEGER,
  ended   INTEGER,
  why     TEXT NOT NULL,
  PRIMARY KEY (deal, n)
) WITHOUT ROWID;

CREATE TABLE activity (
  id            INTEGER PRIMARY KEY,
  deal          INTEGER NOT NULL REFERENCES deal (id),
  type          TEXT NOT NULL,
  minutes       INTEGER NOT NULL,
  actor         TEXT NOT NULL,
  at            INTEGER,
  outcome       TEXT NOT NULL,
  note          TEXT NOT NULL,
  link          TEXT NOT NULL,
  cost          INTEGER NOT NULL, -- minor units
  cost_currency TEXT NOT NULL,
  undone        BOOLEAN NOT NULL,
  event         INTEGER NOT NULL
);
CREATE INDEX activity_deal ON activity (deal, id);
CREATE INDEX activity_actor ON activity (actor, at);

CREATE TABLE approval (
  id        INTEGER PRIMARY KEY,
  deal      INTEGER NOT NULL REFERENCES deal (id),
  episode   INTEGER NOT NULL,
  kind      TEXT NOT NULL,
  version   INTEGER NOT NULL,
  requester TEXT NOT NULL,
  at        INTEGER,
  form      TEXT NOT NULL, -- JSON
  state     TEXT NOT NULL,
  steps     TEXT NOT NULL, -- JSON
  ended     INTEGER,
  map       INTEGER NOT NULL
);
CREATE INDEX approval_deal ON approval (deal, id);
CREATE INDEX approval_pending ON approval (id) WHERE state = 'pending';

CREATE TABLE recent (
  person      TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  at          INTEGER NOT NULL,
  PRIMARY KEY (person, fingerprint)
) WITHOUT ROWID;

CREATE TABLE inbox (
  key    TEXT PRIMARY KEY,
  kind   TEXT NOT NULL,
  person TEXT NOT NULL,
  body   BLOB,
  at     INTEGER,
  reply  BLOB,
  done   BOOLEAN NOT NULL
);
CREATE INDEX inbox_pending ON inbox (at) WHERE NOT done;

CREATE TABLE outbox (
  id         INTEGER PRIMARY KEY,
  key        TEXT NOT NULL UNIQUE,
  kind       TEXT NOT NULL,
  lane       TEXT NOT NULL,              -- what must stay in order
  channel    TEXT NOT NULL,              -- as asked for; a user id for a DM
  thread     TEXT NOT NULL,
  under      TEXT NOT NULL,              -- subject of the card whose thread it goes to
  subject    TEXT NOT NULL,              -- of a card
  body       BLOB,
  not_before INTEGER,
  attempts   INTEGER NOT NULL DEFAULT 0,
  error      TEXT NOT NULL DEFAULT '',
  enqueued   INTEGER NOT NULL,
  pending    BOOLEAN NOT NULL,
  dead       BOOLEAN NOT NULL DEFAULT FALSE,
  token      TEXT NOT NULL DEFAULT '',   -- of the lease
  leased     INTEGER,                    -- until
  sent       INTEGER,
  place      TEXT NOT NULL DEFAULT '',   -- channel where it stands
  ts         TEXT NOT NULL DEFAULT '',   -- message where it stands
  rendered   TEXT NOT NULL DEFAULT '',   -- hash of what was last delivered
  dirty      INTEGER NOT NULL DEFAULT 1, -- grows when a card must be rendered again
  taken      INTEGER NOT NULL DEFAULT 0  -- dirty when it was leased
);
CREATE INDEX outbox_lane ON outbox (lane, id) WHERE pending;
CREATE INDEX outbox_leased ON outbox (lane, leased) WHERE leased IS NOT NULL;
CREATE INDEX outbox_subject ON outbox (subject) WHERE subject <> '';
CREATE INDEX outbox_place ON outbox (place, ts) WHERE subject <> '' AND ts <> '';
CREATE INDEX outbox_dead ON outbox (id) WHERE dead;
CREATE INDEX outbox_sent ON outbox (sent) WHERE sent IS NOT NULL;

CREATE TABLE subscription (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  report  TEXT NOT NULL,
  process TEXT NOT NULL,
  channel TEXT NOT NULL,
  owner   TEXT NOT NULL,
  team    TEXT NOT NULL,
  lang    TEXT NOT NULL,
  zone    TEXT NOT NULL,
  every   TEXT NOT NULL,
  weekday INTEGER NOT NULL,
  hour    INTEGER NOT NULL,
  minute  INTEGER NOT NULL,
  paused  BOOLEAN NOT NULL,
  created INTEGER
);

CREATE TABLE slot (
  subscription INTEGER NOT NULL,
  slot         TEXT NOT NULL,
  claimed      INTEGER NOT NULL,
  PRIMARY KEY (subscription, slot)
) WITHOUT ROWID;

-- +goose Down
DROP TABLE slot;
DROP TABLE subscription;
DROP TABLE outbox;
DROP TABLE inbox;
DROP TABLE recent;
DROP TABLE approval;
DROP TABLE activity;
DROP TABLE wait;
DROP TABLE stay;
DROP TABLE audit_head;
DROP TABLE event;
DROP TABLE deal;
DROP TABLE import_batch;
DROP TABLE meta;
DROP TABLE settings;
DROP TABLE user_group;
DROP TABLE person;
DROP TABLE map_version;
DROP TABLE map_head;
