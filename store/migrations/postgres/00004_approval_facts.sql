-- +goose Up

-- What the deal said of the fields that bind a request, when it was asked for: JSON.
ALTER TABLE approval ADD COLUMN facts TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE approval DROP COLUMN facts;
