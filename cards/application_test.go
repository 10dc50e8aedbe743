package cards

import (
	"bytes"
	"encoding/hex"
	"errors"
	"testing"
)

func application() Application {
	return Application{
		Purpose: Register, ID: "K7M4W2HN", Scheme: "らづポイント", Kiosk: "KSZ-014", At: 1_795_000_000_000, Terms: "1",
		Challenge: bytes.Repeat([]byte{7}, ChallengeSize),
	}
}

func TestApplication(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*Application)
		ok     bool
	}{
		{"register", func(*Application) {}, true},
		{"show", func(a *Application) { a.Purpose, a.ID, a.Terms = Show, "", "" }, true},
		{"change", func(a *Application) { a.Purpose, a.Terms = Change, "" }, true},
		{"retire", func(a *Application) { a.Purpose, a.ID, a.Terms = Retire, "", "" }, true},
		{"rebind", func(a *Application) { a.Purpose, a.Terms = Rebind, "" }, true},
		{"no purpose", func(a *Application) { a.Purpose = "" }, false},
		{"another purpose", func(a *Application) { a.Purpose = "pay" }, false},
		{"no ID", func(a *Application) { a.ID = "" }, false},
		{"no such ID", func(a *Application) { a.ID = "K7M4W2H0" }, false},
		{"show an ID", func(a *Application) { a.Purpose, a.Terms = Show, "" }, false},
		{"retire by another name", func(a *Application) { a.Purpose, a.ID, a.Terms = Retire, "x", "" }, false},
		{"no terms", func(a *Application) { a.Terms = "" }, false},
		{"terms of nothing", func(a *Application) { a.Purpose, a.ID = Show, "" }, false},
		{"no scheme", func(a *Application) { a.Scheme = "" }, false},
		{"no kiosk", func(a *Application) { a.Kiosk = "" }, false},
		{"short challenge", func(a *Application) { a.Challenge = a.Challenge[1:] }, false},
	} {
		a := application()
		tt.change(&a)
		if err := a.Check(); (err == nil) != tt.ok || err != nil && !errors.Is(err, ErrApplication) {
			t.Errorf("%s: %v", tt.name, err)
		}
		data, err := Encode(a)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseApplication(data)
		if (err == nil) != tt.ok {
			t.Errorf("%s: read again: %v", tt.name, err)
		}
		if back, _ := Encode(again); tt.ok && !bytes.Equal(back, data) {
			t.Errorf("%s: another application was read", tt.name)
		}
	}
}

// What is signed never changes: records of years ago are checked by it.
func TestApplicationDigest(t *testing.T) {
	const want = "b62b7121ab2a8e411ac1f4cc6e2e9a9536d69f903fc530d7a95c3248101e4ef6"
	sum, err := application().Digest()
	if got := hex.EncodeToString(sum[:]); err != nil || got != want {
		t.Errorf("%s, %v", got, err)
	}
	other := application()
	for _, change := range []func(){
		func() { other.Purpose, other.Terms = Change, "" }, func() { other.ID = "K7M4W2HP" }, func() { other.Scheme = "x" },
		func() { other.Kiosk = "x" }, func() { other.At++ }, func() { other.Challenge = bytes.Repeat([]byte{8}, ChallengeSize) },
	} {
		last, _ := other.Digest()
		change()
		if now, err := other.Digest(); err != nil || now == last {
			t.Errorf("%+v: the same digest, %v", other, err)
		}
	}
}

func FuzzParseApplication(f *testing.F) {
	data, err := Encode(application())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := ParseApplication(data)
		if err != nil {
			return
		}
		if again, err := Encode(a); err != nil || !bytes.Equal(again, data) {
			t.Errorf("two texts for one application")
		}
	})
}
