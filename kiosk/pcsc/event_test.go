package pcsc

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ebfe/scard"
)

func TestSee(t *testing.T) {
	for _, tt := range []struct {
		name  string
		flags scard.StateFlag
		want  look
	}{
		{"not known yet", scard.StateUnaware, look{reader: "r"}},
		{"empty", scard.StateEmpty | scard.StateChanged | 6<<16, look{reader: "r"}},
		{"a card", scard.StatePresent | scard.StateChanged | 7<<16, look{"r", speaks, 7}},
		{"a card in a session", scard.StatePresent | scard.StateInuse | scard.StateExclusive | 7<<16, look{"r", speaks, 7}},
		{"a card without power", scard.StatePresent | scard.StateUnpowered | 7<<16, look{"r", speaks, 7}},
		{"the 65535th", scard.StatePresent | 0xFFFF<<16, look{"r", speaks, 0xFFFF}},
		{"mute", scard.StatePresent | scard.StateMute | 7<<16, look{"r", mute, 7}},
		{"mute without a card", scard.StateMute, look{reader: "r"}},
		{"unplugged", scard.StateUnknown | scard.StateUnavailable | scard.StateChanged, look{reader: "r"}},
		{"unplugged under a card", scard.StatePresent | scard.StateUnavailable, look{reader: "r"}},
		{"to be ignored", scard.StateIgnore | scard.StatePresent, look{reader: "r"}},
	} {
		if got := see("r", tt.flags); got != tt.want {
			t.Errorf("%s: %+v", tt.name, got)
		}
	}
}

// scene reads what is seen: a letter for each reader, and after it what lies
// there: nothing, a card by its count, or a mute one (!).
func scene(text string) (seen []look) {
	for _, word := range strings.Fields(text) {
		l := look{reader: word[:1]}
		if len(word) > 1 {
			l.lies, l.count = speaks, uint16(word[1]-'0')
		}
		if strings.HasSuffix(word, "!") {
			l.lies = mute
		}
		seen = append(seen, l)
	}
	return seen
}

// The readers are looked at every 100 ms, and a card settles in 200.
func TestTable(t *testing.T) {
	for _, tt := range []struct {
		name   string
		scenes string
		want   string
	}{
		{"nothing", "a|a|a", "||"},
		{"put down and taken away", "a|a1|a1|a1|a1|a", "|||Inserted a||Removed"},
		{"there before", "a1|a1|a1", "||Inserted a"},
		{"askew", "a|a1|a|a3|a|a5|a5|a5", "|||||||Inserted a"},
		{"askew, unseen in between", "a1|a3|a5|a5|a5", "||||Inserted a"},
		{"another card, unseen in between", "a1|a1|a1|a3|a3|a3", "||Inserted a|Removed||Inserted a"},
		{"taken away at once", "a1|a1|a1|a|a3|a3|a3", "||Inserted a|Removed|||Inserted a"},
		{"mute", "a1!|a1!|a1!|a", "||Mute a|Removed"},
		{"falls mute", "a1|a1|a1|a1!|a1!|a1!", "||Inserted a|Removed||Mute a"},
		{"speaks after all", "a1!|a1!|a1!|a1|a1|a1", "||Mute a|Removed||Inserted a"},
		{"any reader", "a b|a b1|a b1|a b1|a b", "|||Inserted b|Removed"},
		{"a second", "a1 b|a1 b|a1 b1|a1 b1|a1 b1|a1 b", "||Inserted a||Second b|Removed, Inserted a"},
		{"a second stays", "a1 b|a1 b|a1 b1|a1 b1|a1 b1|a b1|a b", "||Inserted a||Second b|Removed, Inserted b|Removed"},
		{"a second that only flickers", "a1 b|a1 b|a1 b1|a1 b|a1 b3|a1 b", "||Inserted a|||"},
		{"a second on the reader before", "a b1|a b1|a1 b1|a1 b1|a1 b1", "||Inserted b||Second a"},
		{"a mute second", "a1 b|a1 b|a1 b1!|a1 b1!|a1 b1!", "||Inserted a||Second b"},
		{"two at once", "a1 b1|a1 b1|a1 b1|a b", "||Inserted a, Second b|Removed"},
		{"from one reader to the other", "a1 b|a1 b|a1 b|a b1|a b1|a b1", "||Inserted a|Removed||Inserted b"},
		{"a third", "a1 b1 c|a1 b1 c|a1 b1 c|a1 b1 c1|a1 b1 c1|a1 b1 c1|a b1 c1|a b c1", "||Inserted a, Second b|||||Removed, Inserted c"},
		{"no reader at the start", "|", "NoReader|"},
		{"a reader comes", "||a|a1|a1|a1", "NoReader||ReaderBack|||Inserted a"},
		{"the reader goes with its card", "a1|a1|a1||a1|a1|a1", "||Inserted a|NoReader|ReaderBack||Inserted a"},
		{"the readers go with two cards", "a1 b1|a1 b1|a1 b1||a b", "||Inserted a, Second b|NoReader|ReaderBack"},
		{"one of two readers goes", "a1 b|a1 b|a1 b|b|b", "||Inserted a|Removed|"},
		{"one of two readers goes that had nothing", "a1 b|a1 b|a1 b|a1|a1", "||Inserted a||"},
		{"the order of readers changes", "a1 b|a1 b|b a1|b a1", "||Inserted a|"},
	} {
		table := &table{settle: 200 * time.Millisecond}
		now := time.Unix(0, 0)
		var got []string
		for _, s := range strings.Split(tt.scenes, "|") {
			var said []string
			for _, e := range table.look(now, scene(s)) {
				said = append(said, strings.TrimRight(strings.NewReplacer("pcsc.", "", "{", " ", "}", "").Replace(fmt.Sprintf("%T%v", e, e)), " "))
			}
			got = append(got, strings.Join(said, ", "))
			now = now.Add(100 * time.Millisecond)
		}
		if g := strings.Join(got, "|"); g != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, g, tt.want)
		}
	}
}

// Whatever is seen, what is told makes sense: a visit has one beginning and one
// end, and no card is taken for the one before.
func TestTableHolds(t *testing.T) {
	for seed := range uint64(2000) {
		random := rand.New(rand.NewPCG(seed, 0))
		table := &table{settle: 200 * time.Millisecond}
		now, readers := time.Unix(0, 0), 2
		seen := make([]look, 3)
		var visit, crowd, away bool
		var at look
		for range 60 {
			now = now.Add(time.Duration(random.IntN(200)) * time.Millisecond)
			if random.IntN(10) == 0 {
				readers = random.IntN(4)
			}
			if i := random.IntN(3); random.IntN(2) == 0 {
				seen[i] = look{lies: lies(random.IntN(3)), count: uint16(random.IntN(3))}
			}
			for i := range seen {
				seen[i].reader = string(rune('a' + i))
			}
			before := at
			for _, e := range table.look(now, seen[:readers]) {
				ok := false
				switch e := e.(type) {
				case Inserted:
					ok, visit, at = !visit && !away, true, look{e.Reader, speaks, table.visit.count}
				case Mute:
					ok, visit, at = !visit && !away, true, look{e.Reader, mute, table.visit.count}
				case Second:
					ok, crowd = visit && !crowd && !away, true
				case Removed:
					ok, visit, crowd, at = visit && !away && readers > 0, false, false, look{}
				case NoReader:
					ok, away, visit, crowd, at = !away && readers == 0, true, false, false, look{}
				case ReaderBack:
					ok, away = away && readers > 0, false
				}
				if !ok {
					t.Fatalf("seed %d: %T%v out of place", seed, e, e)
				}
			}
			if before == at && visit && !crowd && !slices.Contains(seen[:readers], at) {
				t.Fatalf("seed %d: %v is gone, and its visit goes on", seed, at)
			}
		}
	}
}

func TestDue(t *testing.T) {
	table := &table{settle: 300 * time.Millisecond}
	now := time.Unix(0, 0)
	table.look(now, scene("a b1"))
	for after, want := range map[time.Duration]time.Duration{
		0:                         300 * time.Millisecond,
		299900 * time.Microsecond: time.Millisecond,
		300 * time.Millisecond:    500 * time.Millisecond,
	} {
		if got := table.due(now.Add(after), 500*time.Millisecond); got != want {
			t.Errorf("after %v: %v, want %v", after, got, want)
		}
	}
}

func TestReason(t *testing.T) {
	all := []error{ErrNoReader, ErrHeld, ErrMute, ErrGone, ErrEnded}
	for code, want := range map[scard.Error]error{
		0x8010001D: ErrNoReader, 0x80100013: ErrNoReader, 0x8010002E: ErrNoReader, 0x80100009: ErrNoReader, 0x80100017: ErrNoReader,
		0x8010000B: ErrHeld,
		0x80100067: ErrMute, 0x80100066: ErrMute, 0x8010000F: ErrMute, 0x8010000A: ErrMute,
		0x80100016: ErrGone, 0x80100069: ErrGone, 0x80100068: ErrGone, 0x8010000C: ErrGone,
		0x80100001: nil,
	} {
		err := reason("transmit", code)
		for _, e := range all {
			if errors.Is(err, e) != (e == want) {
				t.Errorf("%08X: %v", uint32(code), err)
			}
		}
		if !strings.Contains(err.Error(), fmt.Sprintf("transmit: %08X", uint32(code))) && !strings.HasSuffix(err.Error(), fmt.Sprintf("error %08X", uint32(code))) {
			t.Errorf("%v doesn't tell the code", err)
		}
	}
}

func TestNew(t *testing.T) {
	opts := Opts{Reader: "Counter"}
	r := New(&opts)
	if r.opts.Limit != 4*time.Second || r.opts.Settle != 300*time.Millisecond || r.opts.Now == nil || r.opts.Log == nil || opts.Limit != 0 {
		t.Errorf("%+v", r.opts)
	}
	if known := looks([]scard.ReaderState{{Reader: plugged}}); !slices.Equal(known, nil) {
		t.Errorf("%v", known)
	}
}
