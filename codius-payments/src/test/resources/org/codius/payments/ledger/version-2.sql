CREATE TABLE ledger_account (
  name TEXT NOT NULL,
  asset_code TEXT NOT NULL,
  asset_scale INTEGER NOT NULL,
  balance BIGINT NOT NULL,
  item TEXT,
  PRIMARY KEY (name, asset_code, asset_scale)
);
INSERT INTO "ledger_account" VALUES('uplink','XRP',9,-609,NULL);
INSERT INTO "ledger_account" VALUES('owed:0123456789abcdef0123456789abcdef','XRP',9,59,'POST x 60');
INSERT INTO "ledger_account" VALUES('revenue','XRP',9,550,NULL);
INSERT INTO "ledger_account" VALUES('faucet','XRP',9,-7,NULL);
INSERT INTO "ledger_account" VALUES('child:a','XRP',9,7,NULL);
CREATE TABLE ledger_chain (
  entries BIGINT NOT NULL,
  hash TEXT NOT NULL
);
INSERT INTO "ledger_chain" VALUES(6,'52b5513abbe45c67309595c766292a91f697bfb51d3bae09e7ec99cc587c86da');
CREATE TABLE ledger_entry (
  id BIGINT PRIMARY KEY,
  kind TEXT NOT NULL,
  source TEXT NOT NULL,
  target TEXT NOT NULL,
  asset_code TEXT NOT NULL,
  asset_scale INTEGER NOT NULL,
  amount BIGINT NOT NULL CHECK (amount >= 0),
  reference TEXT UNIQUE,
  item TEXT,
  booked_at TEXT NOT NULL,
  hash TEXT NOT NULL
);
INSERT INTO "ledger_entry" VALUES(1,'RECEIVE','uplink','owed:0123456789abcdef0123456789abcdef','XRP',9,100,'packet:connection0000000000000001','POST x 60','2026-02-01T00:00:00Z','44499f2ca56017b4534d0e09b784f22959ac03f8911e7eee2ddea7e94a21a3c4');
INSERT INTO "ledger_entry" VALUES(2,'RECEIVE','uplink','owed:0123456789abcdef0123456789abcdef','XRP',9,200,'packet:connection0000000000000002','POST x 60','2026-02-01T00:00:00Z','9139cd4718217240e547023609a4efb680399b37494403ab29a77f0a39454238');
INSERT INTO "ledger_entry" VALUES(3,'RECEIVE','uplink','owed:0123456789abcdef0123456789abcdef','XRP',9,300,'packet:connection0000000000000003','POST x 60','2026-02-01T00:00:00Z','f940eef2071d84f4d22a146ee639681bed91cd29b43a4d5dd8cce80320c8f844');
INSERT INTO "ledger_entry" VALUES(4,'SETTLE','owed:0123456789abcdef0123456789abcdef','revenue','XRP',9,550,'settle:pod 1',NULL,'2026-02-01T00:00:00Z','0f2d69e1cc8a77a1bca4fcee1ecd4e02e2770f95bdc5c9d136612097ebfdbde5');
INSERT INTO "ledger_entry" VALUES(5,'TRANSFER','faucet','child:a','XRP',9,7,NULL,NULL,'2026-02-01T00:00:00Z','59dd814a2f6a2ba6dc854156ed1a32cb698a6e41ccc3c0934d64f7789bf83803');
INSERT INTO "ledger_entry" VALUES(6,'RECEIVE','uplink','owed:0123456789abcdef0123456789abcdef','XRP',9,9,'packet:connection0000000000000004','POST x 60','2026-02-01T00:00:00Z','52b5513abbe45c67309595c766292a91f697bfb51d3bae09e7ec99cc587c86da');
CREATE TABLE ledger_in_doubt (entry BIGINT PRIMARY KEY);
INSERT INTO "ledger_in_doubt" VALUES(6);
CREATE TABLE ledger_unconfirmed (entry BIGINT PRIMARY KEY);
INSERT INTO "ledger_unconfirmed" VALUES(2);
INSERT INTO "ledger_unconfirmed" VALUES(3);
CREATE TABLE ledger_version (version INTEGER NOT NULL);
INSERT INTO "ledger_version" VALUES(2);
