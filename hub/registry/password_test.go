package registry

import (
	"crypto/rand"
	"strings"
	"testing"
)

func TestHash(t *testing.T) {
	one, err := cheap.hash([]byte("a password"), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	two, err := cheap.hash([]byte("a password"), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if one == two || !strings.HasPrefix(one, "$argon2id$v=19$m=64,t=1,p=1$") || strings.Contains(one, "password") {
		t.Errorf("%q, %q", one, two)
	}
	for _, tt := range []struct {
		password string
		want     bool
	}{{"a password", true}, {"a passwore", false}, {"", false}} {
		if got, err := matches(one, []byte(tt.password)); err != nil || got != tt.want {
			t.Errorf("matches(%q) = %v, %v", tt.password, got, err)
		}
	}
}

// The answer of the reference implementation, argon2 0~20171227 (the package of
// Debian 12): printf 'password' | argon2 somesaltsomesalt -id -t 2 -k 65536 -p 1 -l 32 -e
func TestReference(t *testing.T) {
	const phc = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$/DO3gTkjHTS3Fia9YkXB1y76GQrWBcPYFmpyrc7fosI"
	if got, err := matches(phc, []byte("password")); err != nil || !got {
		t.Errorf("matches = %v, %v", got, err)
	}
}

func TestDamagedHashes(t *testing.T) {
	good, err := cheap.hash([]byte("a password"), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{
		"", "plain", good + "$", strings.Replace(good, "argon2id", "argon2i", 1), strings.Replace(good, "v=19", "v=16", 1),
		strings.Replace(good, "m=64", "m=064", 1), strings.Replace(good, "m=64", "m=99999999", 1), strings.Replace(good, "t=1", "t=0", 1),
		strings.Replace(good, "p=1", "p=2", 1), good[:len(good)-1],
	} {
		if got, err := matches(bad, []byte("a password")); err == nil || got {
			t.Errorf("matches(%q) = %v, %v", bad, got, err)
		}
	}
}
