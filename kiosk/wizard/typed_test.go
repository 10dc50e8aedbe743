package wizard

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// What was typed is in one place, shows nowhere, and can be overwritten there.
func TestTyped(t *testing.T) {
	given := []byte("1234")
	typed := NewTyped(given)
	if string(given) != "\x00\x00\x00\x00" || string(typed.Take()) != "1234" {
		t.Errorf("given %q, taken %q", given, typed.Take())
	}
	shown, err := json.Marshal(struct{ PIN Typed }{typed})
	if err != nil {
		t.Fatal(err)
	}
	text := string(shown)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, v := range []any{typed, &typed, TypedPIN{typed}, struct{ secret Typed }{typed}, []any{Check{PIN: typed}}} {
			text += fmt.Sprintf(verb, v)
		}
	}
	for _, digits := range []string{"1234", "31323334", "49 50"} {
		if strings.Contains(text, digits) {
			t.Errorf("%s in %s", digits, text)
		}
	}
	other := typed
	other.Wipe()
	if string(typed.Take()) != "\x00\x00\x00\x00" {
		t.Errorf("wiped: %q", typed.Take())
	}
	Typed{}.Wipe()
}
