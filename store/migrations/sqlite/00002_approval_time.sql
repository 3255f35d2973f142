-- +goose Up

ALTER TABLE approval ADD COLUMN expire REAL NOT NULL DEFAULT 0; -- working days, 0 is never
ALTER TABLE approval ADD COLUMN questions TEXT NOT NULL DEFAULT ''; -- JSON
ALTER TABLE approval ADD COLUMN due INTEGER; -- when time may change it next; NULL is now
ALTER TABLE approval ADD COLUMN looked INTEGER NOT NULL DEFAULT 0; -- how much the map had changed when it was looked at last

-- To recognise a reply in the thread of a direct message.
CREATE INDEX outbox_post ON outbox (ts) WHERE kind = 'post' AND ts <> '';

-- Whom the steps of requests waited for, as the log tells it.
CREATE TABLE approval_wait (
  approval INTEGER NOT NULL,
  n        INTEGER NOT NULL,
  deal     INTEGER NOT NULL REFERENCES deal (id),
  step     TEXT NOT NULL,
  round    INTEGER NOT NULL,
  awaited  TEXT NOT NULL, -- approvers, requester, nobody
  people   TEXT NOT NULL, -- ids, with spaces between
  began    INTEGER,
  ended    INTEGER,
  worked   INTEGER NOT NULL, -- milliseconds of working time, 0 while it lasts
  ending   TEXT NOT NULL,
  ended_by TEXT NOT NULL,
  PRIMARY KEY (approval, n)
) WITHOUT ROWID;
CREATE INDEX approval_wait_deal ON approval_wait (deal);

-- +goose Down
DROP TABLE approval_wait;
DROP INDEX outbox_post;
ALTER TABLE approval DROP COLUMN looked;
ALTER TABLE approval DROP COLUMN due;
ALTER TABLE approval DROP COLUMN questions;
ALTER TABLE approval DROP COLUMN expire;
