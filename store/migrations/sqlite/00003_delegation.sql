-- +goose Up

-- Who decides in whose place. Their log is organisation_event; the rows are what became of it.
CREATE TABLE delegation (
  id       INTEGER PRIMARY KEY,
  approver TEXT NOT NULL,
  delegate TEXT NOT NULL,
  begins   INTEGER NOT NULL,
  ends     INTEGER NOT NULL,
  why      TEXT NOT NULL,
  made_by  TEXT NOT NULL,
  made     INTEGER NOT NULL,
  begun    BOOLEAN NOT NULL, -- it was given effect
  over     INTEGER           -- when it ended
);
CREATE INDEX delegation_live ON delegation (id) WHERE over IS NULL;

-- What happened to the organisation, in the audit chain as the events of deals are.
CREATE TABLE organisation_event (
  version INTEGER PRIMARY KEY,
  at      INTEGER NOT NULL,
  actor   TEXT NOT NULL,
  type    TEXT NOT NULL,
  data    TEXT NOT NULL, -- JSON, hashed as it stands
  pos     INTEGER,       -- place in the audit chain; NULL until sealed
  hash    BLOB
);
CREATE UNIQUE INDEX organisation_event_pos ON organisation_event (pos) WHERE pos > 0;

-- +goose Down
DROP TABLE organisation_event;
DROP TABLE delegation;
