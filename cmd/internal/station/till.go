package station

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"pointkiosk/cards"
	"pointkiosk/cards/face"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/prize"
)

// A till takes in cards for a prize. It alone knows their texts, in memory, until
// the hub is asked for the prize or the screen is left.
type till struct {
	c *clerk

	mu    sync.Mutex // one answer at a time
	n     int        // answers so far
	lines []prize.Line
	texts [][]byte // of the lines that are good cards; none for the others
}

// A take is what is stored before the hub is asked for a prize, with what the slip
// says. It holds no card: asked again without any, the hub tells what it did.
type take struct {
	Request  []byte     `json:"request"`
	Operator string     `json:"operator"`
	Second   string     `json:"second"`
	Prize    string     `json:"prize"`
	Points   uint32     `json:"points"`
	Surplus  uint32     `json:"surplus"`
	Change   uint32     `json:"change"`
	Cards    int        `json:"cards"`
	Sum      int64      `json:"sum"`
	Scheme   cards.Text `json:"scheme"`
	Lang     string     `json:"lang"`    // of the slip
	Became   string     `json:"became"`  // of the surplus; empty until that is known
	Printed  bool       `json:"printed"` // a slip that says so is out
}

// What becomes of a surplus.
const (
	surplusGiven = "given" // up; or there is none
	surplusCard  = "card"
	surplusOwed  = "owed"
)

// do performs an effect of 賞品交換.
func (t *till) do(ctx context.Context, e kiosk.Effect) kiosk.Event {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch e := e.(type) {
	case prize.Open:
		t.clear()
		if done, open := t.reopen(ctx); open {
			return done
		}
		return t.basket(ctx)
	case prize.Add:
		t.add(ctx, e.Text)
		return t.basket(ctx)
	case prize.Take:
		return t.take(ctx, e)
	case prize.Reprint:
		return t.reprint(ctx, e.Lang)
	case prize.Clear:
		t.clear()
	}
	return nil
}

// clear forgets the cards. What was sent of them lies in memory until it is used for
// something else: Go gives no hold of it.
func (t *till) clear() {
	for _, text := range t.texts {
		clear(text)
	}
	t.lines, t.texts = nil, nil
}

// good are the texts of the lines at these places.
func (t *till) good() (texts []string, at []int) {
	for n, text := range t.texts {
		if text != nil {
			texts, at = append(texts, string(text)), append(at, n)
		}
	}
	return texts, at
}

// add takes in what was scanned.
func (t *till) add(ctx context.Context, text prize.Secret) {
	list, err := t.c.s.TrustList(ctx)
	if err != nil {
		text.Wipe()
		t.c.s.opts.Log.Error("trust list", "error", err)
		return
	}
	card, word := readScan(text, list)
	line := prize.Line{Word: word}
	if word == "" {
		line.Serial = card.Serial().String()
		good, _ := t.good()
		switch {
		case slices.Contains(good, card.Text()):
			line.Word = wordTwice
		case len(good) == cards.MaxPut:
			line.Word = "full"
		}
	}
	t.lines, t.texts = append(t.lines, line), append(t.texts, nil)
	if line.Word == "" {
		t.texts[len(t.texts)-1] = []byte(card.Text())
	}
}

// basket asks what the cards are worth.
func (t *till) basket(ctx context.Context) kiosk.Event {
	t.n++
	out := prize.Basket{N: t.n}
	texts, at := t.good()
	offer, err := t.look(ctx, cards.PrizeLook{Cards: texts})
	if err == nil && len(offer.Cards) != len(at) {
		err = errors.New("station: the hub answers for other cards")
	}
	if err != nil {
		t.c.s.opts.Log.Info("prizes", "error", err)
		out.Word, out.Lines = wordUnsent, slices.Clone(t.lines)
		return prize.BasketIs(out)
	}
	out.Lines = slices.Clone(t.lines)
	for i, n := range at {
		one := offer.Cards[i]
		out.Lines[n].Points, out.Lines[n].Word, out.Lines[n].Event = int64(one.Points), one.Refused, prize.Name(one.Event)
	}
	out.Sum, out.Second = offer.Sum, offer.Second
	for _, p := range offer.Prizes {
		if len(at) == 0 { // of nothing nobody gets anything
			break
		}
		one := prize.Prize{ID: p.ID, Name: prize.Name(p.Name), Points: int64(p.Points), Stock: p.Stock}
		one.Change = t.change(ctx, p.Change)
		out.Prizes = append(out.Prizes, one)
	}
	return prize.BasketIs(out)
}

func (t *till) look(ctx context.Context, look cards.PrizeLook) (offer cards.PrizeOffer, err error) {
	if look.Nonce, err = t.c.nonce(); err != nil {
		return offer, err
	}
	err = t.c.exchange(ctx, cards.PaperPrizeLook, look, t.c.hub.Look, func(sealed []byte, list cards.TrustList, request [sha256.Size]byte) error {
		offer, err = cards.OpenPrizeOffer(sealed, list, request)
		return err
	})
	return offer, err
}

func (t *till) file() string { return filepath.Join(t.c.s.opts.Dir, "prize") }

// take hands the good cards in: stored first, then asked, then a slip, and a card
// over what is left. The hub looks at each card once more.
func (t *till) take(ctx context.Context, e prize.Take) kiosk.Event {
	ctx = context.WithoutCancel(ctx)
	if done, open := t.reopen(ctx); open { // what is stored of that one is not written over
		return done
	}
	if e.Change && !t.c.s.mayIssue(ctx) {
		return t.not(cards.ValueStopped, errStopped, false)
	}
	texts, _ := t.good()
	t.clear() // whatever comes of it: asked again, the hub needs no card
	offer, err := t.look(ctx, cards.PrizeLook{Cards: texts})
	if err != nil {
		return t.not(wordUnheard, err, false)
	}
	var good []string
	for n, one := range offer.Cards {
		if one.Refused == "" {
			good = append(good, texts[n])
		}
	}
	request, err := t.c.nonce() // as long as a request is
	if err != nil {
		return t.not(wordFault, err, false)
	}
	r := take{Request: request, Operator: e.Operator, Second: e.Other, Prize: e.Prize.ID, Points: uint32(e.Prize.Points), Surplus: uint32(e.Surplus),
		Cards: len(good), Sum: offer.Sum, Scheme: offer.Scheme, Lang: e.Lang}
	if e.Change {
		r.Change = e.Prize.Change
	}
	if err := t.store(r); err != nil {
		return t.not(wordFault, err, false)
	}
	answer, err := t.ask(ctx, r, good, false)
	switch {
	case err != nil:
		return t.not(wordUnheard, err, false)
	case answer.Refused != "":
		return t.not(answer.Refused, os.Remove(t.file()), false)
	}
	return t.hand(ctx, r, answer, false)
}

// store keeps a take until it is settled.
func (t *till) store(r take) error {
	text, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("station: a prize's request: %w", err)
	}
	return writeSynced(t.file(), text)
}

// not tells why nothing is handed out; before: of an earlier prize, that comes first.
// Where the answer is lost, what happened is told when the screen is opened again.
func (t *till) not(word string, err error, before bool) kiosk.Event {
	if err != nil {
		t.c.s.opts.Log.Warn("prize", "word", word, "before", before, "error", err)
	}
	return prize.TakenIs{Word: word, Before: before}
}

// ask sends a take: with its cards, or bare; unpaid says that the card over its
// surplus never comes.
func (t *till) ask(ctx context.Context, r take, texts []string, unpaid bool) (answer cards.PrizeAnswer, err error) {
	paper := cards.PrizeTake{Request: r.Request, Operator: r.Operator, Second: r.Second, Cards: texts, Prize: r.Prize, Points: r.Points, Surplus: r.Surplus,
		Change: r.Change, Unpaid: unpaid}
	err = t.c.exchange(ctx, cards.PaperPrizeTake, paper, t.c.hub.Take, func(sealed []byte, list cards.TrustList, request [sha256.Size]byte) error {
		answer, err = cards.OpenPrizeAnswer(sealed, list, request)
		return err
	})
	return answer, err
}

// hand prints the slip, and issues the card over the surplus once: its request is
// that of the prize. Where no card can be issued any more, the hub knows that it is
// owed before the slip says so.
func (t *till) hand(ctx context.Context, r take, answer cards.PrizeAnswer, before bool) kiosk.Event {
	surplus, err := t.becomes(ctx, &r, answer.Change)
	switch {
	case err != nil && before:
		return t.not(wordOpen, err, true)
	case err != nil:
		return t.not(wordUnheard, err, false)
	}
	out := taken(answer, surplus)
	out.Before = before
	t.c.s.press.Lock()
	defer t.c.s.press.Unlock()
	out.Printed = r.Printed && r.Became == surplus || t.slip(ctx, r, answer, surplus)
	r.Became, r.Printed = surplus, out.Printed
	if err := t.store(r); err != nil { // then the slip is printed twice
		t.c.s.opts.Log.Error("prize", "error", err)
	}
	if surplus != surplusCard {
		t.settled()
		return out
	}
	issued, err := t.pay(ctx, r, answer.Change)
	if out.Later = err != nil; out.Later {
		t.c.s.opts.Log.Error("prize: the card over the surplus", "state", issued.State, "error", err)
		return out
	}
	out = changeIs(out, issued.Card.Serial(), issued.State)
	t.settled()
	return out
}

// changeIs is what the screen says of the card over the surplus, by where it stands.
func changeIs(out prize.TakenIs, s cards.Serial, state cards.State) prize.TakenIs {
	switch state {
	case cards.Printed, cards.Presumed:
		out.Card = true
	case cards.VoidAsked, cards.Void, cards.Honoured:
		out.Asked = s.String()
	}
	return out
}

// taken is what the screen says of a prize that was handed out.
func taken(answer cards.PrizeAnswer, surplus string) prize.TakenIs {
	return prize.TakenIs{Slip: answer.Slip, Prize: prize.Name(answer.Prize), Points: int64(answer.Points), Surplus: int64(answer.Surplus),
		Change: surplus == surplusCard, Unpaid: surplus == surplusOwed}
}

// settled forgets a prize of which nothing is open any more, but for what a second
// slip says.
func (t *till) settled() {
	if err := os.Rename(t.file(), t.file()+".last"); err != nil {
		t.c.s.opts.Log.Error("prize", "error", err)
	}
}

func (t *till) slip(ctx context.Context, r take, answer cards.PrizeAnswer, surplus string) bool {
	lang := cmp.Or(r.Lang, "ja")
	s := face.PrizeSlip{
		Scheme: r.Scheme.In(lang), Number: int(answer.Slip), Prize: answer.Prize.In(lang), Points: int(answer.Points), Cards: r.Cards, Sum: int(r.Sum),
		Surplus: int(answer.Surplus), Change: surplus == surplusCard, Owed: surplus == surplusOwed,
		Operator: r.Operator, Kiosk: t.c.s.Identity.Kiosk, Date: t.c.s.opts.Now().In(cards.Japan), Lang: lang,
	}
	if all, err := t.c.s.Allotments(ctx); err == nil && len(all) > 0 {
		e := all[len(all)-1].Event
		s.Municipality, s.Contact, s.Phone = e.Municipality.In(lang), e.Contact.In(lang), e.Phone
	}
	drawn, err := t.c.face.PrizeSlip(&s, t.c.s.dots)
	if err != nil {
		t.c.s.opts.Log.Error("prize slip", "error", err)
		return false
	}
	return t.c.bring(ctx, drawn)
}

func stored(name string) (r take, found bool, err error) {
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return r, false, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	if err != nil {
		return r, false, fmt.Errorf("station: a prize's request: %w", err)
	}
	return r, true, nil
}

// reopen finds out what became of a prize whose answer was lost, or which was not
// handed out to the end.
func (t *till) reopen(ctx context.Context) (kiosk.Event, bool) {
	r, found, err := stored(t.file())
	if err != nil {
		return t.not(wordFault, err, true), true
	}
	if !found {
		return nil, false
	}
	answer, err := t.ask(ctx, r, nil, false)
	switch {
	case err != nil:
		return t.not(wordOpen, err, true), true
	case answer.Refused != "":
		if err := os.Remove(t.file()); err != nil {
			return t.not(wordFault, err, true), true
		}
		return nil, false
	}
	return t.hand(ctx, r, answer, true), true
}

// reprint prints the last slip again: what the hub answered it answers again.
func (t *till) reprint(ctx context.Context, lang string) kiosk.Event {
	for _, name := range []string{t.file(), t.file() + ".last"} {
		r, found, err := stored(name)
		if err != nil || !found {
			continue
		}
		answer, err := t.ask(ctx, r, nil, false)
		if err != nil || answer.Refused != "" {
			return t.not(wordUnheard, err, false)
		}
		r.Lang, r.Printed = lang, false
		if name == t.file() {
			return t.hand(ctx, r, answer, true)
		}
		t.c.s.press.Lock()
		defer t.c.s.press.Unlock()
		out := t.stands(ctx, r, taken(answer, r.Became))
		out.Printed = t.slip(ctx, r, answer, r.Became)
		return out
	}
	return t.not(wordFault, errors.New("station: there is no slip"), false)
}
