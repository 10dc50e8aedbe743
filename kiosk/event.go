package kiosk

import (
	"fmt"
	"image"
	"log/slog"
	"time"

	"pointkiosk/cards"
)

// A PIN is what staff type at the door. It prints as ****.
type PIN string

// String hides the PIN.
func (PIN) String() string { return "****" }

// GoString hides the PIN from %#v.
func (PIN) GoString() string { return "****" }

// Format hides the PIN from every verb.
func (PIN) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("****")) }

// LogValue hides the PIN from logs.
func (PIN) LogValue() slog.Value { return slog.StringValue("****") }

// An Event is something that happened: a tap, an answer, the time.
type Event any

// Taps of a finger.
type (
	TapStaff    struct{}                   // the lock on Home
	TapMyKey    struct{}                   // Home: マイキーIDをつくる
	TapBalance  struct{}                   // Home: 残高を見る
	TapDigit    struct{ Digit byte }       // '0'…'9' at the door
	TapErase    struct{}                   // 消す
	TapEnter    struct{}                   // 決定
	TapBack     struct{}                   // もどる, 終わる: one step up
	TapDesk     struct{ Allotment uint32 } // staff menu: open the Issue screen for the event of this one; 0 for the only one
	TapPage     struct{ Skip int }         // staff menu: 前へ, 次へ
	TapPrizes   struct{}                   // staff menu: 賞品交換
	TapReview   struct{}                   // staff menu: decide the open cards
	TapPractice struct{}                   // staff menu: practice on, off
	TapIssue    struct{}                   // the one large button
	TapWhole    struct{}                   // 印刷の確認: はい
	TapTorn     struct{}                   // 印刷の確認: いいえ, print the same card again
	TapNotOut   struct{}                   // 「出なかった」 on a printer without proof
	TapVoid     struct{}                   // 取消 of the last card, or of the one in question
	TapReason   struct{ Reason string }    // why: a word key such as "void.torn"
	TapDateOK   struct{}                   // the date on the screen is right
	TapDateBad  struct{}                   // it is wrong; cards are handed out all the same
	TapDisplay  struct{}                   // 表示
	TapLang     struct{ Lang string }
	TapSize     struct{ Size Size }
	TapContrast struct{}
	Touched     struct{} // a key that only the screen knows of: somebody is there
)

// Answers of effects.
type (
	DoorOpened  struct{ Operator string }
	DoorRefused struct{ Wait int } // seconds
	DeskReady   struct {           // the Issue screen may open
		Site    Site
		Count   Count
		Request string
		Preview image.Image
		AskDate bool // the clock is suspect and nobody was asked about the date
	}
	DeskClosed struct{ Note string } // it may not: a word key says why
	Reviewing  struct{ Count Count } // the open live cards
	CardOut    struct {
		Serial   cards.Serial
		Presumed bool
		Count    Count
		Request  string // of the next card
		Preview  image.Image
	}
	CardDoubtful struct { // the volunteer has to look
		Card    cards.OpenCard
		Count   Count
		Request string
		Preview image.Image
	}
	NotIssued struct { // no card came of it; the entitlement stays
		Note    string // a word key
		Request string // a new one only where the old one had an outcome
		Count   Count
		Paper   *Paper // how the printer is, where that was the reason
		Preview image.Image
	}
	VoidNoted struct {
		Serial  cards.Serial
		Count   Count
		Request string
		Preview image.Image
	}
	NeedSecond    struct{} // so many voids today take a second person
	DateConfirmed struct {
		Offers []Offer // where the date was wrong: what may be handed out by any other
	}
)

// News from the parts, unasked.
type (
	Tick      struct{ Now time.Time }
	NetworkIs struct{ Network Network }
	PaperIs   struct{ Paper Paper }
	SiteIs    struct {
		Site   Site
		Offers []Offer
		Count  Count
	}
)

// An Effect is something to do; its answer comes back as an Event.
type Effect any

// The effects.
type (
	Beep     struct{} // a card lies there, and its person may be going away
	Unlock   struct{ PIN PIN }
	OpenDesk struct {
		Practice  bool
		Allotment uint32 // of the event that was chosen; 0 for the only one
	}
	Review    struct{} // the open live cards are to be decided
	PrintCard struct {
		Request, Operator string
		Allotment         uint32 // the one on the screen
	}
	Settle struct { // the volunteer's word on an uncertain card
		Serial   cards.Serial
		Whole    bool
		Operator string
	}
	Doubt struct { // 「出なかった」: presumed becomes uncertain
		Serial   cards.Serial
		Operator string
	}
	AskVoid struct {
		Serial                   cards.Serial
		Reason, Operator, Second string
	}
	ConfirmDate struct {
		Operator string
		Day      cards.Day // the one on the screen
		Right    bool
	}
)
