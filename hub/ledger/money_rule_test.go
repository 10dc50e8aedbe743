package ledger

import (
	"bytes"
	"testing"

	"pointkiosk/cards"
)

// A rule of before there were reasons has the hash that it had.
func TestRuleWithoutReason(t *testing.T) {
	before, err := cards.Encode(struct {
		N             int64
		Name, Subject string
		Value         int64
		Person        string
		At            int64
	}{1, ruleBudget, "bar", 22_000, "佐藤", 5})
	if err != nil {
		t.Fatal(err)
	}
	now, err := cards.Encode(saidRule{N: 1, Name: ruleBudget, Subject: "bar", Value: 22_000, Person: "佐藤", At: 5})
	if err != nil || !bytes.Equal(before, now) {
		t.Errorf("%x, %v, want %x", now, err, before)
	}
}
