-- +goose Up

-- Pictures that are in Slack already, so that each is uploaded once.
CREATE TABLE picture (
  key TEXT PRIMARY KEY,
  file TEXT NOT NULL, -- Slack's id
  made BIGINT NOT NULL -- protocol time
);

-- +goose Down
DROP TABLE picture;
