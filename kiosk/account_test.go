package kiosk

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"pointkiosk/kiosk/account"
	"pointkiosk/kiosk/wizard"
)

// at is the clock so many seconds after the counter was opened.
func at(seconds int64) Tick { return Tick{Now: time.Unix(1_000_000_000+seconds, 0)} }

func opened() account.Opened { return account.Opened{Account: account.Account{Tail: "W2HN"}} }

// From the tile to the account and out again, by card and by password: where each
// way ends, and with which effect.
func TestAccountTurns(t *testing.T) {
	byCard := []Event{TapBalance{}, wizard.CardIn{}, wizard.CardRead{Tries: 3}, wizard.TypedPIN{PIN: new(wiped)}, opened()}
	typed := []Event{TapBalance{}, account.TapID{}, account.TypedID{ID: "K7M4W2HN"}}
	byPass := append(typed[:len(typed):len(typed)], account.TypedPass{Pass: new(wiped)}, opened())
	upTo := func(base []Event, more ...Event) []Event { return append(base[:len(base):len(base)], more...) }
	for _, tt := range []struct {
		name   string
		events []Event
		step   Step
		mykey  wizard.Step
		in     account.Step
		effect string
		visits int
	}{
		{"the tile", []Event{TapBalance{}}, Account, 0, account.Ways, "<nil>", 0},
		{"by card", []Event{TapBalance{}, account.TapCard{}}, MyKey, wizard.Place, 0, "<nil>", 0},
		{"a card lay there before", []Event{wizard.CardIn{}, TapBalance{}}, Account, 0, account.Ways, "<nil>", 0},
		{"a card lay there before, and is meant", []Event{wizard.CardIn{}, TapBalance{}, account.TapCard{}}, MyKey, wizard.Reading, 0, "wizard.ReadCard", 0},
		{"a card is put down", byCard[:2], MyKey, wizard.Reading, 0, "wizard.ReadCard", 0},
		{"the PIN is checked", byCard[:4], MyKey, wizard.Checking, 0, "wizard.Check", 0},
		{"opened by card", byCard, Account, 0, account.Balance, "<nil>", 0},
		{"back from the card", []Event{TapBalance{}, account.TapCard{}, wizard.TapBack{}}, Account, 0, account.Ways, "<nil>", 0},
		{"opened while a MyKey ID is made", []Event{TapMyKey{}, wizard.TapNext{}, wizard.CardIn{}, wizard.CardRead{Tries: 3}, wizard.TypedPIN{PIN: new(wiped)}, opened()}, MyKey, wizard.Checking, 0, "<nil>", 0},
		{"no MyKey ID", upTo(byCard[:4], wizard.PINRight{IDs: []string{"K7M4W2HN"}}), MyKey, wizard.None, 0, "<nil>", 0},
		{"no MyKey ID, and one is made", upTo(byCard[:4], wizard.PINRight{IDs: []string{"K7M4W2HN"}}, wizard.TapNext{}), MyKey, wizard.Choose, 0, "<nil>", 0},
		{"the card is taken away", upTo(byCard, wizard.CardOut{}), Home, 0, 0, "account.Leave", 1},
		{"a second card", upTo(byCard, wizard.CardIn{}), MyKey, wizard.Take, 0, "account.Leave", 1},
		{"the reader is unplugged", upTo(byCard, wizard.CardStops{Reason: wizard.NoReader}), Home, 0, 0, "account.Leave", 1},
		{"終わる, and the card lies there", upTo(byCard, account.TapEnd{}), MyKey, wizard.Take, 0, "account.Leave", 1},
		{"idle, and the card lies there", upTo(byCard, at(60)), MyKey, wizard.Take, 0, "account.Leave", 1},
		{"nearly idle", upTo(byCard, at(59)), Account, 0, account.Balance, "<nil>", 0},
		{"idle at 表示", upTo(byCard, TapDisplay{}, at(60)), MyKey, wizard.Take, 0, "account.Leave", 1},
		{"by password", byPass, Account, 0, account.Balance, "<nil>", 0},
		{"by password, idle", upTo(byPass, at(60)), Home, 0, 0, "account.Leave", 1},
		{"by password, a card is put down", upTo(byPass, wizard.CardIn{}), MyKey, wizard.Take, 0, "account.Leave", 1},
		{"by password, 終わる", upTo(byPass, account.TapEnd{}), Home, 0, 0, "account.Leave", 1},
		{"typing, and idle", upTo(typed, at(60)), Home, 0, 0, "account.Leave", 1},
		{"forgotten, by card", upTo(typed, account.TapForgot{}, wizard.CardIn{}), MyKey, wizard.Reading, 0, "wizard.ReadCard", 0},
		{"forgotten, a new code", upTo(typed, account.TapForgot{}, wizard.CardIn{}, wizard.CardRead{Tries: 3}, wizard.TypedPIN{PIN: new(wiped)}, wizard.PINRight{Account: wizard.Account{ID: "K7M4W2HN"}}), MyKey, wizard.Applying, 0, "wizard.Apply", 0},
		{"a scan on Home", []Event{account.Scanned{Text: new(wiped)}}, Account, 0, account.Looking, "account.LookAt", 0},
		{"what it is worth, and idle", []Event{account.Scanned{Text: new(wiped)}, account.LookDone{}, at(60)}, Home, 0, 0, "account.Leave", 1},
	} {
		s, effect := counter(), Effect(nil)
		visit := s.Visit
		for _, e := range tt.events {
			s, effect = s.Next(e)
		}
		if s.Step != tt.step || s.MyKey.Step != tt.mykey || s.Account.Step != tt.in || fmt.Sprintf("%T", effect) != tt.effect || s.Visit-visit != tt.visits {
			t.Errorf("%s: screen %d, %d, %d, %T, %d visits", tt.name, s.Step, s.MyKey.Step, s.Account.Step, effect, s.Visit-visit)
		}
		if s.Step != Account && !reflect.DeepEqual(s.Account, account.State{}) {
			t.Errorf("%s: left behind: %+v", tt.name, s.Account)
		}
	}
}

// Where there is no reader the tile leads to the MyKey ID, and where there is no
// hub there is none.
func TestAccountWithoutReader(t *testing.T) {
	s := counter()
	s.Site.Counter = false
	if s, _ := s.Next(TapBalance{}); s.Account.Step != account.ID || s.Account.Reader {
		t.Errorf("%+v", s.Account)
	}
	s.Site.Accounts = false
	scan := new(wiped)
	for _, e := range []Event{TapBalance{}, account.Scanned{Text: scan}} {
		if s, effect := s.Next(e); s.Step != Home || effect != nil {
			t.Errorf("%T: screen %d, %v", e, s.Step, effect)
		}
	}
	if scan.n != 1 {
		t.Errorf("the scan was wiped %d times", scan.n)
	}
}

// A scan that comes where nobody takes it is wiped.
func TestScanOutOfPlace(t *testing.T) {
	for _, e := range []Event{TapMyKey{}, TapStaff{}} {
		s, _ := counter().Next(e)
		scan := new(wiped)
		next, effect := s.Next(account.Scanned{Text: scan})
		if scan.n != 1 || effect != nil || next.Step != s.Step {
			t.Errorf("%T: wiped %d times, %v, screen %d", e, scan.n, effect, next.Step)
		}
	}
}

// A card that is left lying is called for after 10 s, and every 10 s again, until
// it is taken away; nobody else's screens sound.
func TestLeftLying(t *testing.T) {
	s := counter()
	for _, e := range []Event{TapMyKey{}, wizard.TapNext{}, wizard.CardIn{}, wizard.CardRead{Tries: 3}, at(2), wizard.TapEnd{}} {
		s, _ = s.Next(e)
	}
	var beeps []int64
	for second := int64(3); second < 40; second++ {
		var effect Effect
		if s, effect = s.Next(at(second)); effect != nil {
			beeps = append(beeps, second-2)
		}
		if want := second >= 12; s.Forgotten() != want {
			t.Errorf("after %d s: forgotten %v", second-2, s.Forgotten())
		}
	}
	if fmt.Sprint(beeps) != "[10 20 30]" {
		t.Errorf("it sounds after %v s", beeps)
	}
	if s.Leaving() != 0 {
		t.Errorf("it counts down: %d", s.Leaving())
	}
	if s, _ := s.Next(wizard.CardOut{}); s.Step != Home || s.Forgotten() {
		t.Errorf("taken away: screen %d", s.Step)
	}
	if s, effect := s.Next(at(700)); s.Step != Home || fmt.Sprintf("%T", effect) != "wizard.PowerDown" {
		t.Errorf("after 10 minutes: screen %d, %T", s.Step, effect)
	}
}
