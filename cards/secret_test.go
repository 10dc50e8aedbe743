package cards

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// What is printed of a card or a key must not hold a piece of the secret, in
// any of the ways that bytes are written. The verbs are those that go vet lets
// pass.
func TestNothingIsShown(t *testing.T) {
	card := testCard(t)
	key := SigningKey{ID: 9, Private: testKey('h')}
	type holder struct {
		Card   Card
		Key    SigningKey
		Issued *Issued
	}
	held := holder{card, key, &Issued{Card: card, State: Signed}}
	hidden := struct{ card Card }{card} // fmt can't ask an unexported field
	var out bytes.Buffer
	for _, v := range []any{card, &card, held, &held, hidden, &hidden, []Card{card}, map[string]any{"a": card, "k": key}, key, &key, Issued{Card: card}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%x", "%X", "% x", "%d", "%o", "%b", "%20v", "%s", "%q"} {
			if v != any(hidden) && v != any(&hidden) || verb != "%s" && verb != "%q" {
				fmt.Fprintf(&out, verb+"\n", v)
			}
		}
		slog.New(slog.NewTextHandler(&out, nil)).Info("text", "value", v)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("json", "value", v)
		if err := json.NewEncoder(&out).Encode(v); err != nil {
			t.Fatal(err)
		}
	}
	for _, v := range []any{card, &card, hidden, Issued{Card: card}} { // no key: under %p fmt asks none
		fmt.Fprintf(&out, "%p\n", v)
	}
	fmt.Fprintln(&out, fmt.Errorf("wrapped: %w: %v", ErrLapsed, card))
	shown := strings.ToLower(out.String())
	for name, secret := range map[string][]byte{"signature": card.signed(), "text": []byte(card.Text()), "key": key.Private.Seed()} {
		piece := secret[len(secret)-8:]
		for _, form := range []string{
			string(piece), hex.EncodeToString(piece), fmt.Sprintf("% x", piece), strings.Trim(fmt.Sprint(piece), "[]"),
			strings.Trim(fmt.Sprintf("%#v", piece)[len("[]byte"):], "{}"), strings.Trim(fmt.Sprintf("%o", piece), "[]"), strings.Trim(fmt.Sprintf("%b", piece), "[]"),
		} {
			if strings.Contains(shown, strings.ToLower(form)) {
				t.Errorf("the %s is shown as %q", name, form)
			}
		}
	}
	var encoded bytes.Buffer
	_ = json.NewEncoder(&encoded).Encode(map[string]any{"seed": key.Private})
	if strings.Contains(out.String(), encoded.String()[10:40]) {
		t.Error("the key is shown in base64")
	}
	if !strings.Contains(out.String(), card.Serial().String()) {
		t.Error("not even the serial is shown: the test looks at nothing")
	}
}

// A code scanned into the field for serials must not come back in an error.
func TestSerialErrorIsSilent(t *testing.T) {
	text := testCard(t).Text()
	_, a := ParseSerial(text)
	_, b := NormalizeSerial(Host("p.example.jp").URL(testCard(t)))
	_, c := Parse(text + "A")
	_, d := Normalize(text + "A")
	for _, err := range []error{a, b, c, d} {
		if err == nil || strings.Contains(err.Error(), text[20:30]) {
			t.Errorf("error %v", err)
		}
	}
}
