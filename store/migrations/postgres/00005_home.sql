-- +goose Up

-- Who looks at their App Home: it is kept up to date for a while after that.
CREATE TABLE home (
  person TEXT PRIMARY KEY,
  opened BIGINT NOT NULL -- protocol time
);

-- +goose Down
DROP TABLE home;
