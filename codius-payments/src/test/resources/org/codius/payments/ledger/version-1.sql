CREATE TABLE book (asset_code TEXT NOT NULL, asset_scale INTEGER NOT NULL) STRICT;
CREATE TABLE account (name TEXT PRIMARY KEY, balance INTEGER NOT NULL) STRICT;
CREATE TABLE booking (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, purchase TEXT UNIQUE, booked_at TEXT NOT NULL) STRICT;
CREATE TABLE posting (
  booking INTEGER NOT NULL REFERENCES booking (id),
  account TEXT NOT NULL REFERENCES account (name),
  amount INTEGER NOT NULL CHECK (amount <> 0),
  PRIMARY KEY (booking, account)
) STRICT;
CREATE INDEX posting_by_account ON posting (account);
PRAGMA user_version = 1;
INSERT INTO book VALUES ('XRP', 9);
INSERT INTO account VALUES
  ('received', 1150), ('earned', -1100),
  ('owed/0123456789abcdef0123456789abcdef', -41), ('owed/ffffffffffffffffffffffffffffffff', -9);
INSERT INTO booking VALUES
  (1, 'receive', NULL, '2026-01-01T00:00:00Z'),
  (2, 'receive', NULL, '2026-01-01T00:00:01Z'),
  (3, 'settle', '0123456789abcdef0123456789abcdef', '2026-01-01T00:00:02Z'),
  (4, 'settle', 'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee', '2026-01-01T00:00:03Z'),
  (5, 'receive', NULL, '2026-01-01T00:00:04.5Z');
INSERT INTO posting VALUES
  (1, 'received', 1000), (1, 'owed/0123456789abcdef0123456789abcdef', -1000),
  (2, 'received', 141), (2, 'owed/0123456789abcdef0123456789abcdef', -141),
  (3, 'owed/0123456789abcdef0123456789abcdef', 1100), (3, 'earned', -1100),
  (5, 'received', 9), (5, 'owed/ffffffffffffffffffffffffffffffff', -9);
