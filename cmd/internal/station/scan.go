package station

import (
	"context"
	"crypto/sha256"
	"errors"
	"net"
	"slices"
	"time"

	"pointkiosk/cards"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/account"
	"pointkiosk/kiosk/wizard"
)

// What the kiosk itself says of a scan, beside the hub's words (MYKEY.md, 10).
const (
	wordMalformed = "malformed" // no point card
	wordHost      = "host"      // another site's code
	wordTwice     = "twice"     // scanned twice in one go
	wordUnsent    = "unsent"    // the hub was not reached: the card stays as good as it was
	wordMaybe     = "maybe"     // its answer was lost: scanned again, the card tells
	wordAsk       = "ask"       // of a revoked key: only the hub knows
)

// readScan takes a card out of what the scanner sent, and overwrites that. The word
// says why there is none.
func readScan(text account.Secret, list cards.TrustList) (card cards.Card, word string) {
	defer text.Wipe()
	typed, ok := text.(wizard.Typed)
	if !ok {
		return card, wordMalformed
	}
	token, err := cards.Normalize(string(typed.Take()), list.Hosts...)
	if err == nil {
		card, err = cards.Parse(token)
	}
	switch {
	case errors.Is(err, cards.ErrHost):
		return card, wordHost
	case err != nil:
		return card, wordMalformed
	}
	return card, ""
}

// put puts paper cards on the account of a sitting.
func (c *clerk) put(sit *sitting, e account.PutCards) kiosk.Event {
	list, err := c.s.TrustList(sit.ctx)
	if err != nil {
		wipe(e)
		c.s.opts.Log.Error("trust list", "error", err)
		return account.PutDone{Reason: account.Broken}
	}
	lines, texts, at := linesOf(e.Scans, list)
	if len(texts) == 0 {
		return account.PutDone{Lines: lines}
	}
	answer, err := c.putAll(sit, texts)
	switch {
	case err != nil:
		out := account.PutDone{Lines: lines}
		for _, n := range at {
			lines[n].Word = lost(err)
		}
		if why := c.whyNot(err); why == account.Unknown {
			out.Reason = why
		}
		return out
	case answer.Over:
		return account.PutDone{Reason: account.Over}
	}
	for i, n := range at {
		one := answer.Cards[i]
		lines[n].Word, lines[n].Before, lines[n].Points = one.Refused, one.Before, int64(one.Points)
	}
	return account.PutDone{Lines: lines, Heard: true, Account: c.holds(sit, sit.answer.ID, answer.Held, answer.Moved)}
}

// linesOf reads scans: the cards among them, and the lines that these belong to.
func linesOf(scans []account.Scan, list cards.TrustList) (lines []account.Line, texts []string, at []int) {
	for n, scan := range scans {
		card, word := readScan(scan.Text, list)
		line := account.Line{N: scan.N, Word: word}
		if word == "" {
			line.Serial = card.Serial().String()
			if slices.Contains(texts, card.Text()) {
				line.Word = wordTwice
			} else {
				texts, at = append(texts, card.Text()), append(at, n)
			}
		}
		lines = append(lines, line)
	}
	return lines, texts, at
}

// lost says of a card on its way to an account what an error leaves open.
func lost(err error) (word string) {
	_, away := errors.AsType[unreached](err)
	if dial, ok := errors.AsType[*net.OpError](err); away && !(ok && dial.Op == "dial") {
		return wordMaybe
	}
	return wordUnsent
}

func (c *clerk) putAll(sit *sitting, texts []string) (answer cards.PutAnswer, err error) {
	nonce, err := c.nonce()
	if err != nil {
		return answer, err
	}
	ctx := context.WithoutCancel(sit.ctx) // who goes away meanwhile has their points
	answer, err = c.send(ctx, cards.Put{Token: c.token(sit), Cards: texts, Nonce: nonce})
	if err == nil && !answer.Over && len(answer.Cards) != len(texts) {
		err = errors.New("station: the hub answers for other cards")
	}
	return answer, err
}

// look says what a paper card is worth: the hub, or without it the trust list.
func (c *clerk) look(ctx context.Context, e account.LookAt) kiosk.Event {
	list, err := c.s.TrustList(ctx)
	if err != nil {
		e.Text.Wipe()
		c.s.opts.Log.Error("trust list", "error", err)
		return account.LookDone{Card: account.Card{Word: wordUnsent}}
	}
	card, word := readScan(e.Text, list)
	if word != "" {
		return account.LookDone{Card: account.Card{Word: word}}
	}
	out := account.Card{Serial: card.Serial().String()}
	looked, err := c.looked(ctx, card)
	if err != nil {
		c.s.opts.Log.Info("look", "error", err)
		return account.LookDone{Card: c.alone(ctx, out, card, list)}
	}
	out.Word, out.Points, out.Event = looked.Refused, int64(looked.Points), account.Name(looked.Event)
	if looked.Points > 0 {
		out.Day, out.Expires = looked.Day.Start(), looked.Expires.Start()
	}
	if looked.Since > 0 {
		out.Since = time.UnixMilli(looked.Since).In(cards.Japan)
	}
	return account.LookDone{Card: out}
}

func (c *clerk) looked(ctx context.Context, card cards.Card) (answer cards.Looked, err error) {
	nonce, err := c.nonce()
	if err != nil {
		return answer, err
	}
	l := cards.Look{Card: card.Text(), Nonce: nonce}
	err = c.exchange(ctx, cards.PaperLook, l, c.hub.LookAtCard, func(sealed []byte, list cards.TrustList, request [sha256.Size]byte) error {
		answer, err = cards.OpenLooked(sealed, list, request)
		return err
	})
	return answer, err
}

// alone judges a card without the hub (DECISIONS 6): genuine or not, and of our
// own cards of which event.
func (c *clerk) alone(ctx context.Context, out account.Card, card cards.Card, list cards.TrustList) account.Card {
	err := list.Verify(card, c.s.opts.Now())
	a, unknown := c.s.AllotmentOf(ctx, card.Serial())
	if err == nil && unknown == nil {
		err = a.Covers(card.Claims)
	}
	out.Offline, out.List = true, time.Unix(list.Issued, 0).In(cards.Japan)
	switch {
	case err == nil, errors.Is(err, cards.ErrLapsed):
		out.Points, out.Expires = int64(card.Points), card.Expires.Start()
		if unknown == nil {
			out.Event, out.Day = account.Name(a.Event.Name), a.Day.Start()
		}
		if err != nil {
			out.Word = "lapsed"
		}
	case errors.Is(err, cards.ErrRevoked):
		out.Word = wordAsk
	case errors.Is(err, cards.ErrPractice):
		out.Word = "practice"
	case errors.Is(err, cards.ErrUnknownKey):
		out.Word = "unknown key"
	case errors.Is(err, cards.ErrSignature):
		out.Word = "bad signature"
	default:
		out.Word = "outside"
	}
	return out
}
