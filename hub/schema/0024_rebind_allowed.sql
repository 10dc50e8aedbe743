-- 0024_rebind_allowed.sql: staff allow an account to be bound again at one kiosk, by one certificate.
ALTER TABLE rebind_allowed ADD COLUMN kiosk TEXT NOT NULL DEFAULT ''; -- '' is one that was allowed before this: it counts nowhere
ALTER TABLE rebind_allowed ADD COLUMN hash TEXT NOT NULL DEFAULT ''; -- of the certificate that asked first; '' until one did
