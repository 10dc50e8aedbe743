package main

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
	"pointkiosk/packaging/proof"
)

// What hub does with a file it does with PostgreSQL, and so does a hub that is
// killed again and again.
func TestPostgres(t *testing.T) {
	for name, test := range map[string]func(*testing.T){"WholeWay": TestWholeWay, "Killed": TestKilled, "KilledAtTheShop": TestKilledAtTheShop} {
		t.Run(name, test)
	}
}

// The directory keeps the address, for its owner alone; who forgets to say it
// gets no empty book, and nobody gets two.
func TestDatabaseIsKept(t *testing.T) {
	address, dir := proof.Postgres(t), filepath.Join(t.TempDir(), "new")
	fatal(t, openAt(t, dir, address).Close())
	if info, err := os.Stat(filepath.Join(dir, "database")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	ok(t, "", "check", "--data", dir)
	if _, err := os.Stat(filepath.Join(dir, "hub.db")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("there is a file beside the database: %v", err)
	}
	file := t.TempDir()
	s, err := openStore(t.Context(), file, true)
	fatal(t, err)
	fatal(t, s.Close())
	if _, err := try(t, "", "serve", "--data", file, "--database", address); status(err) != 1 || !strings.Contains(err.Error(), "hub.db") {
		t.Errorf("two books: %v", err)
	}
	if _, err := try(t, "", "serve", "--data", t.TempDir(), "--database", address); status(err) != 1 || !strings.Contains(err.Error(), "keys") {
		t.Errorf("another hub's database: %v", err)
	}
}

// What is wrong with a database is said in words, and never with its password.
func TestDatabaseRefused(t *testing.T) {
	const canary = "zq7canary"
	served, unsafe := proof.Postgres(t), proof.Postgres(t)
	startOn(t, t.TempDir(), "--database", served)
	proof.PostgresAdmin(t, `ALTER DATABASE `+databaseName(t, unsafe)+` SET synchronous_commit = off`)
	nowhere := t.TempDir()
	for _, tt := range []struct{ name, address, en, ja string }{
		{"served", served, "Another hub serves", "別のハブ"},
		{"unsafe", unsafe, "synchronous_commit is off and must be on", "synchronous_commit が off です"},
		{"none there", "postgres://hub:" + canary + "@/none?host=" + nowhere, "can't be reached", "つながりません"},
		{"no user", strings.Replace(served, "postgres://hub@", "postgres://nobody:"+canary+"@", 1), "can't be reached", "つながりません"},
		{"bad port", "postgres://hub:" + canary + "@localhost:x/points", "is like postgres://", "のように書きます"},
		{"a file", "points.db?" + canary, "is like postgres://", "のように書きます"},
	} {
		dir := t.TempDir()
		for lang, want := range map[string]string{"en": tt.en, "ja": tt.ja} {
			var said bytes.Buffer
			err := run(t.Context(), []string{"serve", "--lang", lang, "--data", dir, "--listen", "127.0.0.1:0", "--database", tt.address}, streams{nil, io.Discard, &said})
			if status(err) != 1 || !strings.Contains(err.Error(), want) || strings.Contains(err.Error()+said.String(), canary) {
				t.Errorf("%s, %s: %v\n%s", tt.name, lang, err, &said)
			}
		}
		if _, err := os.Stat(filepath.Join(dir, "database")); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: a database that is refused is kept: %v", tt.name, err)
		}
	}
}

// A base backup without its archive is an old database: nothing is redeemed, and
// hub says what to do. Once the archive is replayed nothing is missing, and
// nobody has to accept anything (DECISIONS 21).
func TestRestoredPostgres(t *testing.T) {
	address, dir := proof.Postgres(t), t.TempDir()
	s := openAt(t, dir, address)
	fatal(t, s.ledger.SetHost(t.Context(), "p.example.jp"))
	moveSome(t, s)
	a, err := s.ledger.Grant(t.Context(), ledger.Grant{Kiosk: "KSZ-014", Event: "bar", Count: 2})
	fatal(t, err)
	backup := proof.BackUpPostgres(t)
	if why := claims(t, s, a, 1, "AAAA2222"); why != "" {
		t.Fatal(why)
	}
	fatal(t, s.Close())
	_, host, _ := strings.Cut(address, "host=")

	s = openAt(t, dir, strings.Replace(address, host, backup.Restore(t, false), 1))
	if why := claims(t, s, a, 1, "BBBB2222"); why != ledger.Closed {
		t.Errorf("a claim on an old database: %q", why)
	}
	fatal(t, s.Close())
	if out := ok(t, "", "restore", "list", "--data", dir); !strings.Contains(out, "replay the archive") {
		t.Errorf("restore list: %s", out)
	}

	s = openAt(t, dir, strings.Replace(address, host, backup.Restore(t, true), 1))
	if why := claims(t, s, a, 1, "BBBB2222"); why != ledger.Used {
		t.Errorf("the claim that was made after the backup: %q", why)
	}
	if why := claims(t, s, a, 2, "BBBB2222"); why != "" {
		t.Errorf("a claim now: %q", why)
	}
	fatal(t, s.Close())
	if out := ok(t, "", "restore", "list", "--data", dir) + ok(t, "", "check", "--data", dir); strings.Contains(out, "backup") || !strings.Contains(out, "clean") {
		t.Errorf("after the archive: %s", out)
	}
}

// claims claims a card of the kiosk of moveSome, and returns why it was refused.
func claims(t *testing.T, s *store, a cards.Allotment, number uint32, account string) ledger.Refusal {
	t.Helper()
	c, err := cards.Sign(a.Claims(number), ed25519.NewKeyFromSeed(bytes.Repeat([]byte{'l'}, ed25519.SeedSize)))
	fatal(t, err)
	_, err = s.ledger.Claim(t.Context(), c, account)
	if refused := (*ledger.RefusedError)(nil); errors.As(err, &refused) {
		return refused.Why
	}
	fatal(t, err)
	return ""
}

// openAt opens a store as serve does that is told of its database.
func openAt(t *testing.T, dir, address string) *store {
	t.Helper()
	at, err := findPlace(dir, address)
	fatal(t, err)
	s, err := openStoreAt(t.Context(), at, true, asks{})
	fatal(t, err)
	return s
}

// databaseName is the name in an address.
func databaseName(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	fatal(t, err)
	return strings.TrimPrefix(u.Path, "/")
}
