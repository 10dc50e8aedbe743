-- 0012_lease_terms.sql: a MyKey ID is leased under one version of the terms; '' is one that was leased before this was written down.
ALTER TABLE lease ADD COLUMN terms TEXT NOT NULL DEFAULT '';
