package unfit

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// The digits of a MyKey ID, as package cards has them.
const digits = "23456789ABCDEFGHJKMNPQRSTWXYZ"

func TestID(t *testing.T) {
	for _, tt := range []struct {
		id   string
		want bool
	}{
		{"K7M4W2HN", false}, {"QA29XYZ5", false}, {"22222222", false},
		{"K7SEXM4W", true}, {"K753XM4W", true}, {"BAKA2345", true}, {"8AKA2345", true}, {"K7M4W564", true}, {"KSG4MMMM", false},
		{"RAPE2222", true}, {"R4P32222", true}, {"SHNE2222", true}, {"W444ABCD", true},
	} {
		if got := ID(tt.id); got != tt.want {
			t.Errorf("%s: %v", tt.id, got)
		}
	}
}

// Every word of the list can stand in a MyKey ID, stands there once, and the
// list leaves nearly all IDs.
func TestIDList(t *testing.T) {
	for n, word := range idWords() {
		if len(word) < 3 || len(word) > 8 || strings.Trim(word, digits) != "" || slices.Contains(idWords()[:n], word) {
			t.Errorf("%q can't be in an ID, is too short, or is listed twice", word)
		}
	}
	random, refused := rand.New(rand.NewPCG(1, 2)), 0
	for range 10_000 {
		var id [8]byte
		for n := range id {
			id[n] = digits[random.IntN(len(digits))]
		}
		if ID(string(id[:])) {
			refused++
		}
	}
	if refused == 0 || refused > 300 {
		t.Errorf("%d of 10,000 IDs are refused", refused)
	}
}

func TestPassword(t *testing.T) {
	for _, tt := range []struct {
		password string
		want     bool
	}{
		{"kisarazu-2026", false}, {"きさらづポイント", false}, {"correct horse battery", false}, {"Canary+Geheim 42&x", false},
		{"password", true}, {"PassWord123", true}, {"12345678", true}, {"87654321", true}, {"qwertyuiop", true}, {"aaaaaaaa", true}, {"abababab", true},
		{"abcdefgh", true}, {"1a2b1a2b", true}, {"K7M4W2HN", true}, {"my-k7m4w2hn!", true}, {"パスワードです", true}, {"", true},
	} {
		if got := Password(tt.password, "K7M4W2HN"); got != tt.want {
			t.Errorf("%q: %v", tt.password, got)
		}
	}
}

func TestPasswordList(t *testing.T) {
	for n, word := range passwords() {
		if word != strings.ToLower(word) || utf8.RuneCountInString(word) > 128 || slices.Contains(passwords()[:n], word) {
			t.Errorf("%q is not in small letters, or is listed twice", word)
		}
	}
}
