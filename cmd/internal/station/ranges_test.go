package station

import (
	"crypto/sha256"
	"errors"
	"strings"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/hub/api"
	"pointkiosk/hub/ledger"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/account"
	"pointkiosk/kiosk/journal"
	"pointkiosk/kiosk/wizard"
	"pointkiosk/printer"
)

// An office is the machine of an admin, beside the market: it holds a batch.
type office struct {
	*market
	at    *Station
	batch cards.Allotment
}

// newOffice prints 40 of 50 cards, and the hub grants numbers 11 to 30 to the
// market's kiosk.
func newOffice(t *testing.T) *office {
	t.Helper()
	return newMarket(t, printer.ProcessID, nil).office()
}

func (m *market) office() *office {
	t := m.t
	t.Helper()
	o := &office{market: m}
	opts := m.enrolled("office")
	_, err := m.ledger.Grant(t.Context(), ledger.Grant{Kiosk: "office", Event: "bar", Count: 50, Batch: true})
	m.ok(err)
	o.at, err = Open(t.Context(), opts)
	m.ok(err)
	t.Cleanup(func() { _ = o.at.Close() })
	o.sent()
	o.batch, err = o.at.Batch(t.Context(), "bar")
	m.ok(err)
	order, err := o.at.Journal.Order(t.Context(), o.batch, 40, "may", "suzuki")
	m.ok(err)
	_, err = o.at.Journal.Made(t.Context(), order, order.Range, [32]byte{1}, "suzuki")
	m.ok(err)
	o.sent()
	m.ok(m.ledger.AddPerson(t.Context(), "suzuki", []string{ledger.RolePeople, ledger.RoleGrant}, ""))
	m.ok(m.ledger.GrantRange(t.Context(), ledger.Range{Allotment: o.batch.ID, First: 11, Last: 30, Person: "suzuki"}, "KSZ-014"))
	m.sync()
	m.do(m.desk.Arrive(t.Context()))
	return o
}

// enrolled enrols another machine, with a printer that makes pictures.
func (m *market) enrolled(name string) Opts {
	m.t.Helper()
	secret, _, err := m.ledger.AddKiosk(m.t.Context(), name)
	m.ok(err)
	opts := m.opts
	opts.Dir, opts.Settings.Printer = m.t.TempDir(), Printer{URI: "virtual:" + m.t.TempDir(), Profile: "raster-58", PaperDays: 365}
	code := api.Code{Base: m.server.URL + "/", Fingerprint: sha256.Sum256(m.ledger.TrustKey()), Secret: [api.SecretSize]byte(secret)}
	_, err = Enrol(m.t.Context(), opts, code)
	m.ok(err)
	return opts
}

// sent carries the office's journal to the hub.
func (o *office) sent() {
	o.t.Helper()
	up, err := o.at.Uplink(nil)
	o.ok(err)
	o.ok(up.Sync(o.t.Context()))
}

func (o *office) serial(n uint32) cards.Serial { return cards.Serial{Allotment: o.batch.ID, Number: n} }

// url is what stands in the code of a card.
func (o *office) url(n uint32) string {
	o.t.Helper()
	c, err := o.at.Journal.CardOf(o.batch, journal.Order{Range: cards.Range{Allotment: o.batch.ID, First: 1, Last: 50}}, n)
	o.ok(err)
	return o.batch.Event.Host.URL(c)
}

func (o *office) scans(text string) {
	o.t.Helper()
	o.do(account.Scanned{Text: wizard.NewTyped([]byte(text))})
}

// toRange opens 束を有効にする.
func (o *office) toRange() {
	o.t.Helper()
	o.do(kiosk.TapStaff{})
	o.pin("2468")
	o.do(kiosk.TapBatches{})
	o.rangeAt(kiosk.RangeFirst)
}

func (o *office) rangeAt(want kiosk.RangeAt) {
	o.t.Helper()
	if got := o.state.Range; o.state.Step != kiosk.Ranges || got.At != want {
		o.t.Fatalf("step %d, at %d, %q, %q; want %d", o.state.Step, got.At, got.Note, got.Found.Why, want)
	}
}

// claim returns why a card gives nothing; "" if it gives its points.
func (o *office) claim(n uint32) ledger.Refusal {
	o.t.Helper()
	c, err := o.at.Journal.CardOf(o.batch, journal.Order{Range: cards.Range{Allotment: o.batch.ID, First: 1, Last: 50}}, n)
	o.ok(err)
	_, err = o.ledger.Claim(o.t.Context(), c, "HANA2345")
	if refused, ok := errors.AsType[*ledger.RefusedError](err); ok {
		return refused.Why
	}
	o.ok(err)
	return ""
}

// said is what the kiosk's journal says of ranges.
func (o *office) said() []journal.Said {
	o.t.Helper()
	said, err := o.desk.Journal.Said(o.t.Context(), o.batch.ID)
	o.ok(err)
	return said
}

// A box of sheets is handed out at a kiosk without a network: the first card and the
// last are shown to the scanner, and all between them are good when the record
// reaches the hub. A claim before that waits, and completes.
func TestActivate(t *testing.T) {
	o := newOffice(t)
	if why := o.claim(12); why != ledger.Inactive {
		t.Fatalf("a card before the hand-out: %q", why)
	}
	o.toRange()
	o.scans(o.url(11))
	o.rangeAt(kiosk.RangeLast)
	o.scans(strings.ToLower(o.url(30)) + "\r")
	o.rangeAt(kiosk.RangeFound)
	if f := o.state.Range.Found; f.Why != "" || f.Count() != 20 || f.Yen() != 4000 || f.Of.Event.ID != "bar" {
		t.Fatalf("%+v", f)
	}
	again := kiosk.Activate{Range: o.state.Range.Found.Range, Operator: "sato"}
	o.do(kiosk.TapActivate{}, kiosk.TapActivate{})
	o.rangeAt(kiosk.RangeDone)
	if o.state.Range.Done != 20 {
		t.Errorf("%d cards", o.state.Range.Done)
	}
	if e := o.desk.Do(t.Context(), again).(kiosk.Activated); e.Note != "range.not.active" {
		t.Errorf("a reopened question: %+v", e)
	}
	if said := o.said(); len(said) != 1 || said[0].Range != (cards.Range{Allotment: o.batch.ID, First: 11, Last: 30}) || said[0].State != cards.Activated {
		t.Errorf("the journal says %v", said)
	}
	if why := o.claim(13); why != ledger.Inactive {
		t.Errorf("before the record is there: %q", why)
	}
	o.sync()
	if b, err := o.ledger.Balance(t.Context(), "HANA2345"); err != nil || b.Points == 0 {
		t.Errorf("the claim that waited: %+v, %v", b, err)
	}
	if why := o.claim(31); why != ledger.Inactive {
		t.Errorf("the card behind the last: %q", why)
	}
	o.checks()
}

// What is odd about a range is said before anything is written down.
func TestRangeOdd(t *testing.T) {
	o := newOffice(t)
	other := cards.Serial{Allotment: o.batch.ID + 1, Number: 5}
	own, err := o.desk.Allotments(t.Context())
	o.ok(err)
	from := own[0].ID
	if own[0].Batch {
		from = own[1].ID
	}
	_, err = o.desk.Journal.Activate(t.Context(), cards.Range{Allotment: o.batch.ID, First: 11, Last: 14}, "sato")
	o.ok(err)
	o.ok(o.desk.Journal.MarkRange(t.Context(), cards.Range{Allotment: o.batch.ID, First: 15, Last: 16}, cards.Withdrawn, "sato", "wet"))
	for _, tt := range []struct {
		name        string
		first, last cards.Serial
		why         string
		count       int
	}{
		{"granted", o.serial(17), o.serial(30), "", 14},
		{"one card", o.serial(20), o.serial(20), "", 1},
		{"some are active, some withdrawn", o.serial(11), o.serial(20), "", 4},
		{"all are active", o.serial(11), o.serial(14), "range.not.active", 0},
		{"withdrawn", o.serial(15), o.serial(16), "range.not.withdrawn", 0},
		{"two batches", o.serial(11), other, "range.not.two", 0},
		{"the last before the first", o.serial(30), o.serial(17), "range.not.order", 0},
		{"not granted", o.serial(29), o.serial(31), "range.not.granted", 0},
		{"more than the batch has", o.serial(29), o.serial(51), "range.not.beyond", 0},
		{"no batch", cards.Serial{Allotment: from, Number: 1}, cards.Serial{Allotment: from, Number: 2}, "range.not.batch", 0},
		{"nobody's", other, other, "range.not.unknown", 0},
		{"a sample", cards.Serial{Allotment: practiceBit | 1, Number: 1}, cards.Serial{Allotment: practiceBit | 1, Number: 2}, "range.not.sample", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := o.desk.findRange(t.Context(), kiosk.FindRange{First: tt.first, Last: tt.last}).(kiosk.RangeIs).Found
			if f.Why != tt.why || f.Why == "" && f.Count() != tt.count {
				t.Errorf("%+v: %d cards", f, f.Count())
			}
		})
	}
	o.toRange()
	forged := []byte(o.url(20))
	if c := &forged[len(forged)-3]; *c != 'Q' { // another character of base32, or it is no card at all
		*c = 'Q'
	} else {
		*c = 'R'
	}
	for text, note := range map[string]string{
		string(forged): "range.note.forged", "HTTPS://ELSEWHERE.EXAMPLE/C/" + o.url(20)[28:]: "range.note.host", "4901234567894": "range.note.malformed",
	} {
		o.scans(text)
		if o.state.Range.Note != note {
			t.Errorf("%s: %q", note, o.state.Range.Note)
		}
	}
}

// What the hub takes back can't be activated any more, and a grant comes without any
// record of the kiosk's own.
func TestRangeGrants(t *testing.T) {
	o := newOffice(t)
	if !o.state.Site.Ranges || o.state.Site.Sheets {
		t.Errorf("%+v", o.state.Site)
	}
	f := func(first, last uint32) string {
		return o.desk.findRange(t.Context(), kiosk.FindRange{First: o.serial(first), Last: o.serial(last)}).(kiosk.RangeIs).Found.Why
	}
	if why := f(25, 35); why != "range.not.granted" {
		t.Errorf("%q", why)
	}
	o.ok(o.ledger.GrantRange(t.Context(), ledger.Range{Allotment: o.batch.ID, First: 31, Last: 40, Person: "suzuki"}, "KSZ-014"))
	o.sync()
	if why := f(25, 35); why != "" {
		t.Errorf("two grants side by side: %q", why)
	}
	o.toRange()
	o.scans(o.url(25))
	o.scans(o.url(35))
	o.rangeAt(kiosk.RangeFound)
	_, err := o.ledger.UngrantRange(t.Context(), ledger.Range{Allotment: o.batch.ID, First: 31, Last: 31, Person: "suzuki", Reason: "stolen"}, "KSZ-014")
	o.ok(err)
	o.sync()
	o.do(kiosk.TapActivate{}) // what is on the screen was found before
	o.rangeAt(kiosk.RangeFound)
	if note := o.state.Range.Note; note != "range.not.granted" || len(o.said()) != 0 {
		t.Errorf("taken back: %q, %v", note, o.said())
	}
	if a, b := f(25, 30), f(32, 40); a != "" || b != "" {
		t.Errorf("what is left: %q and %q", a, b)
	}
	_, err = o.ledger.UngrantRange(t.Context(), ledger.Range{Person: "suzuki", Reason: "stolen"}, "KSZ-014")
	o.ok(err)
	o.sync()
	if ranges, _ := o.desk.mayActivate(t.Context()); ranges {
		t.Error("everything was taken back, and the staff menu offers it still")
	}
}

// Who scans a card before its hand-out reads that it is not active yet. On an open
// account the claim is kept, and the points come when the record does (DECISIONS 24).
func TestInactive(t *testing.T) {
	c, dealt := newCounter(t, "good")
	o := c.office()
	c.scan(o.url(12))
	c.accountShows(account.Looked)
	if p := c.state.Account.Paper; p.Word != "inactive" || p.Points != 200 || p.Event.Ja != "ナチュラルバル" {
		t.Errorf("%+v", p)
	}
	c.do(account.TapEnd{})
	c.sit(dealt[0])
	c.register()
	c.home()
	c.do(kiosk.TapBalance{})
	c.lay(dealt[0])
	c.pinIs("1234")
	c.accountShows(account.Balance)
	c.scan(o.url(12))
	if got := verdicts(c.state.Account); got != "1 0 false [inactive]" {
		t.Errorf("put on an account: %s", got)
	}
	c.takeAway()
	o.toRange()
	o.scans(o.url(12))
	o.scans(o.url(12))
	o.do(kiosk.TapActivate{})
	o.rangeAt(kiosk.RangeDone)
	o.do(kiosk.TapBack{}, kiosk.TapBack{})
	o.sync()
	c.do(kiosk.TapBalance{})
	c.lay(dealt[0])
	c.pinIs("1234")
	c.accountShows(account.Balance)
	if totals := c.state.Account.Account.Totals(); len(totals) != 1 || totals[0].Points != 200 {
		t.Errorf("after the hand-out: %+v", totals)
	}
	c.noCardIn([]string{o.url(12)})
}
