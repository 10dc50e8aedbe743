package kiosk

import (
	"fmt"
	"testing"
	"time"

	"pointkiosk/cards"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, cards.Japan)

func testSite() Site {
	return Site{Kiosk: "KSZ-014", Granted: true, Allotment: cards.Allotment{
		ID: 7, Count: 500, Points: 200, Day: cards.DayOf(noon), From: noon.Add(-time.Hour).Unix(), Until: noon.Add(time.Hour).Unix(),
	}}
}

// doubted is a site whose window has not begun by a clock that can't be trusted.
func doubted() Site {
	s := testSite()
	s.Doubted, s.Allotment.From, s.Allotment.Until = true, noon.Add(24*time.Hour).Unix(), noon.Add(48*time.Hour).Unix()
	return s
}

// offers are of two events that are open at once.
func offers() []Offer {
	other := testSite().Allotment
	other.ID, other.Event.ID = 8, "fair"
	return []Offer{{Allotment: testSite().Allotment, Left: 500}, {Allotment: other, Left: 30}}
}

// start is a kiosk at noon with a printer that is ready.
func start(events ...Event) (State, []Effect) {
	s := First(Look{Lang: "ja", Size: Medium}, testSite(), DeskIdle)
	var effects []Effect
	for _, e := range append([]Event{Tick{noon}, PaperIs{Paper{Ready: true}}}, events...) {
		var effect Effect
		if s, effect = s.Next(e); effect != nil {
			effects = append(effects, effect)
		}
	}
	return s, effects
}

var (
	toDoor   = []Event{TapStaff{}, TapDigit{'2'}, TapDigit{'4'}, TapDigit{'6'}, TapDigit{'8'}, TapEnter{}}
	toMenu   = append(toDoor[:len(toDoor):len(toDoor)], DoorOpened{"sato"})
	ready    = DeskReady{Site: testSite(), Request: "R1", Count: Count{Left: 500}}
	toDesk   = append(toMenu[:len(toMenu):len(toMenu)], TapDesk{}, ready)
	serial   = cards.Serial{Allotment: 7, Number: 1}
	out      = CardOut{Serial: serial, Request: "R2", Count: Count{Today: 1, Left: 499}}
	toVoid   = with(toDesk, TapIssue{}, out, TapVoid{}, TapReason{"void.torn"})
	torn     = cards.OpenCard{Allotment: 7, Number: 1, State: cards.Uncertain}
	two      = SiteIs{Site: testSite(), Offers: offers()}
	practice = DeskReady{Site: Site{Practice: true}, Request: "P1", Count: Count{Left: 500}}
	answered = with(toDesk, TapIssue{}, doubtful, TapBack{})
	doubtful = CardDoubtful{Card: torn, Request: "R2", Count: Count{Left: 499, Open: []cards.OpenCard{torn}}}
)

func with(path []Event, more ...Event) []Event { return append(path[:len(path):len(path)], more...) }

func TestNext(t *testing.T) {
	for _, tt := range []struct {
		name    string
		events  []Event
		step    Step
		effects string
	}{
		{"nothing happens at home", []Event{TapIssue{}, TapDigit{'1'}, TapWhole{}, TapVoid{}, out}, Home, ""},
		{"the door asks", []Event{TapStaff{}}, Door, ""},
		{"the door opens", toMenu, Menu, "{****}"},
		{"the door stays shut", with(toDoor, DoorRefused{5}), Door, "{****}"},
		{"no PIN while it waits", with(toDoor, DoorRefused{5}, TapDigit{'1'}, TapEnter{}), Door, "{****}"},
		{"desk", toDesk, Issue, "{****} {false 0}"},
		{"desk refused", with(toMenu, TapDesk{}, DeskClosed{"issue.note.noevent"}), Menu, "{****} {false 0}"},
		{"one tap, one card", with(toDesk, TapIssue{}, TapIssue{}, TapIssue{}), Wait, "{****} {false 0} {R1 sato 7}"},
		{"card out", with(toDesk, TapIssue{}, out), Issue, "{****} {false 0} {R1 sato 7}"},
		{"the next card has its own request", with(toDesk, TapIssue{}, out, TapIssue{}), Wait, "{****} {false 0} {R1 sato 7} {R2 sato 7}"},
		{"no paper, the same request", with(toDesk, TapIssue{}, NotIssued{Note: "issue.note.paper", Request: "R1"}, TapIssue{}), Wait, "{****} {false 0} {R1 sato 7} {R1 sato 7}"},
		{"no paper at the tap", with(toDesk, TapIssue{}, NotIssued{Note: "issue.note.paper", Request: "R1", Paper: &Paper{Code: "P-02"}}), Out, "{****} {false 0} {R1 sato 7}"},
		{"paper out at the reprint asks again", with(toDesk, TapIssue{}, doubtful, TapTorn{}, NotIssued{Request: "R2", Count: doubtful.Count, Paper: &Paper{Code: "P-02"}}, PaperIs{Paper{Ready: true}}), Confirm, "{****} {false 0} {R1 sato 7} {0000-01R0-000P false sato}"},
		{"doubt asks", with(toDesk, TapIssue{}, doubtful), Confirm, "{****} {false 0} {R1 sato 7}"},
		{"doubt can't be passed over", with(toDesk, TapIssue{}, doubtful, TapIssue{}, out), Confirm, "{****} {false 0} {R1 sato 7}"},
		{"whole", with(toDesk, TapIssue{}, doubtful, TapWhole{}), Wait, "{****} {false 0} {R1 sato 7} {0000-01R0-000P true sato}"},
		{"torn", with(toDesk, TapIssue{}, doubtful, TapTorn{}), Wait, "{****} {false 0} {R1 sato 7} {0000-01R0-000P false sato}"},
		{"back from the question leaves it open", with(toDesk, TapIssue{}, doubtful, TapBack{}), Menu, "{****} {false 0} {R1 sato 7}"},
		{"it is asked again", with(toMenu, TapDesk{}, DeskReady{Site: testSite(), Request: "R", Count: doubtful.Count}), Confirm, "{****} {false 0}"},
		{"void needs a reason", with(toDesk, TapIssue{}, out, TapVoid{}, TapReason{""}), VoidCard, "{****} {false 0} {R1 sato 7}"},
		{"void", with(toDesk, TapIssue{}, out, TapVoid{}, TapReason{"void.torn"}), Wait, "{****} {false 0} {R1 sato 7} {0000-01R0-000P void.torn sato }"},
		{"so many voids take a second person", with(toVoid, NeedSecond{}), Door, "{****} {false 0} {R1 sato 7} {0000-01R0-000P void.torn sato }"},
		{"not the same one", with(toVoid, NeedSecond{}, TapDigit{'1'}, TapEnter{}, DoorOpened{"sato"}), Door, "{****} {false 0} {R1 sato 7} {0000-01R0-000P void.torn sato } {****}"},
		{"the second person", with(toVoid, NeedSecond{}, TapDigit{'1'}, TapEnter{}, DoorOpened{"suzuki"}), Wait, "{****} {false 0} {R1 sato 7} {0000-01R0-000P void.torn sato } {****} {0000-01R0-000P void.torn sato suzuki}"},
		{"no second person", with(toVoid, NeedSecond{}, TapBack{}), Issue, "{****} {false 0} {R1 sato 7} {0000-01R0-000P void.torn sato }"},
		{"nothing to void", with(toDesk, TapVoid{}), Issue, "{****} {false 0}"},
		{"did not come out", with(toDesk, TapIssue{}, CardOut{Serial: serial, Presumed: true, Request: "R2"}, TapNotOut{}), Wait, "{****} {false 0} {R1 sato 7} {0000-01R0-000P sato}"},
		{"a proven card came out", with(toDesk, TapIssue{}, out, TapNotOut{}), Issue, "{****} {false 0} {R1 sato 7}"},
		{"suspect clock", with(toMenu, TapDesk{}, DeskReady{Site: testSite(), Request: "R1", AskDate: true}), Clock, "{****} {false 0}"},
		{"date confirmed", with(toMenu, TapDesk{}, DeskReady{Site: testSite(), Request: "R1", AskDate: true}, TapDateOK{}, DateConfirmed{}), Issue, "{****} {false 0} {sato 2026-11-22 true}"},
		{"wrong date, cards all the same", with(toMenu, TapDesk{}, DeskReady{Site: testSite(), Request: "R1", AskDate: true}, TapDateBad{}, DateConfirmed{}), Issue, "{****} {false 0} {sato 2026-11-22 false}"},
		{"a suspect clock ends no event", with(toMenu, TapDesk{}, DeskReady{Site: doubted(), Request: "R1"}, Tick{noon.Add(5 * time.Minute)}), Issue, "{****} {false 0}"},
		{"one desk at a time", with(toMenu, TapDesk{}, TapPractice{}, TapDesk{}), Wait, "{****} {false 0}"},
		{"hub stopped it", with(toDesk, NetworkIs{Network{Stopped: "revoked"}}, TapIssue{}), Issue, "{****} {false 0}"},
		{"paper out", with(toDesk, PaperIs{Paper{Code: "P-02"}}), Out, "{****} {false 0}"},
		{"paper in again", with(toDesk, PaperIs{Paper{Code: "P-02"}}, PaperIs{Paper{Ready: true}}), Issue, "{****} {false 0}"},
		{"paper out does not hide the question", with(toDesk, TapIssue{}, doubtful, PaperIs{Paper{Code: "P-02"}}), Confirm, "{****} {false 0} {R1 sato 7}"},
		{"event over", with(toDesk, Tick{noon.Add(time.Hour)}), Home, "{****} {false 0}"},
		{"idle desk closes", with(toDesk, Tick{noon.Add(DeskIdle)}), Home, "{****} {false 0}"},
		{"a touch keeps it open", with(toDesk, Tick{noon.Add(DeskIdle - 1)}, TapSize{Large}, Tick{noon.Add(DeskIdle)}), Issue, "{****} {false 0}"},
		{"idle door shuts", []Event{TapStaff{}, Tick{noon.Add(doorIdle)}}, Home, ""},
		{"printing is never idle", with(toDesk, TapIssue{}, Tick{noon.Add(24 * time.Hour)}), Wait, "{****} {false 0} {R1 sato 7}"},
		{"display and back", []Event{TapDisplay{}, TapLang{"en"}, TapBack{}}, Home, ""},
		{"practice", with(toMenu, TapPractice{}), Wait, "{****} {true 0}"},
		{"practice ends at the menu", with(toMenu, TapPractice{}, practice, TapBack{}, TapPractice{}), Menu, "{****} {true 0}"},
		{"and then cards are live, of the event named", with(toMenu, two, TapPractice{}, practice, TapBack{}, TapPractice{}, TapDesk{8}), Wait, "{****} {true 0} {false 8}"},
		{"one of two events is named", with(toMenu, two, TapDesk{8}), Wait, "{****} {false 8}"},
		{"none of two is no desk", with(toMenu, two, TapDesk{}), Menu, "{****}"},
		{"paper out, and staff have a way in", with(toDesk, PaperIs{Paper{Code: "P-02"}}, TapStaff{}), Door, "{****} {false 0}"},
		{"and to the menu", with(toDesk, PaperIs{Paper{Code: "P-02"}}, TapStaff{}, DoorOpened{"suzuki"}), Menu, "{****} {false 0}"},
		{"and back", with(toDesk, PaperIs{Paper{Code: "P-02"}}, TapStaff{}, TapBack{}), Out, "{****} {false 0}"},
		{"and back when it is mended", with(toDesk, PaperIs{Paper{Code: "P-02"}}, TapStaff{}, PaperIs{Paper{Ready: true}}, TapBack{}), Issue, "{****} {false 0}"},
		{"no finger but staff's moves it", with(toDesk, PaperIs{Paper{Code: "P-02"}}, TapBack{}, TapIssue{}, TapDesk{}), Out, "{****} {false 0}"},
		{"open cards are asked about from the menu", with(answered, TapReview{}, Reviewing{doubtful.Count}), Confirm, "{****} {false 0} {R1 sato 7} {}"},
		{"and then the menu is back", with(answered, TapReview{}, Reviewing{doubtful.Count}, TapWhole{}, CardOut{Serial: serial}), Menu, "{****} {false 0} {R1 sato 7} {} {0000-01R0-000P true sato}"},
		{"paper out meanwhile", with(answered, TapReview{}, Reviewing{doubtful.Count}, TapTorn{}, NotIssued{Count: doubtful.Count, Paper: &Paper{Code: "P-02"}}, PaperIs{Paper{Ready: true}}), Confirm, "{****} {false 0} {R1 sato 7} {} {0000-01R0-000P false sato}"},
		{"another desk after it", with(answered, TapReview{}, Reviewing{}, TapDesk{}, ready), Issue, "{****} {false 0} {R1 sato 7} {} {false 0}"},
		{"wrong date, another day", with(toMenu, TapDesk{}, DeskReady{Site: testSite(), AskDate: true}, TapDateBad{}, DateConfirmed{offers()[1:]}), Menu, "{****} {false 0} {sato 2026-11-22 false}"},
		{"wrong date, no other day", with(toMenu, TapDesk{}, DeskReady{Site: testSite(), AskDate: true}, TapDateBad{}, DateConfirmed{offers()[:1]}), Issue, "{****} {false 0} {sato 2026-11-22 false}"},
		{"wrong date, several days", with(toMenu, TapDesk{}, DeskReady{Site: testSite(), AskDate: true}, TapDateBad{}, DateConfirmed{offers()}), Menu, "{****} {false 0} {sato 2026-11-22 false}"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, effects := start(tt.events...)
			got := ""
			for n, e := range effects {
				if n > 0 {
					got += " "
				}
				got += fmt.Sprintf("%v", e)
			}
			if s.Step != tt.step || got != tt.effects {
				t.Errorf("step %d, effects %q\nwant %d, %q", s.Step, got, tt.step, tt.effects)
			}
		})
	}
}

// Cards that nobody decided are counted until somebody does, whatever screen
// and event comes next; those of practice are not.
func TestOwed(t *testing.T) {
	for _, tt := range []struct {
		name   string
		events []Event
		want   int
	}{
		{"none", toDesk, 0},
		{"one", with(toDesk, TapIssue{}, doubtful), 1},
		{"left open", answered, 1},
		{"left open, and gone home", with(answered, TapBack{}), 1},
		{"found at the start", []Event{SiteIs{Site: testSite(), Count: doubtful.Count}}, 1},
		{"decided", with(toDesk, TapIssue{}, doubtful, TapWhole{}, out), 0},
		{"in practice", with(toMenu, TapDesk{}, practice, TapIssue{}, doubtful), 0},
	} {
		if s, _ := start(tt.events...); s.Owed != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, s.Owed, tt.want)
		}
	}
}

// A desk that has run out learns of new numbers for its event, and of no other's.
func TestMoreGranted(t *testing.T) {
	empty := with(toMenu, TapDesk{}, DeskReady{Site: testSite(), Request: "R1", Count: Count{Today: 500}})
	more := offers()
	for want, e := range map[uint32]SiteIs{500: {Offers: more}, 0: {Offers: more[1:]}} {
		if s, _ := start(with(empty, e)...); s.Count.Left != want || s.Count.Today != 500 || s.Site.Allotment.ID != 7 {
			t.Errorf("%d left, want %d, of allotment %d", s.Count.Left, want, s.Site.Allotment.ID)
		}
	}
}

// A question that could not be answered comes back, and says why; an answer that
// went well leaves no word behind but that of a void.
func TestQuestionComesBack(t *testing.T) {
	failed := NotIssued{Note: "issue.note.staff", Count: doubtful.Count}
	again := with(answered, TapReview{}, Reviewing{doubtful.Count}, TapWhole{}, failed)
	for _, tt := range []struct {
		name   string
		events []Event
		step   Step
		note   string
	}{
		{"it says why", again, Confirm, "issue.note.staff"},
		{"not after the next answer", with(again, TapTorn{}, CardDoubtful{Card: torn, Count: doubtful.Count}), Confirm, ""},
		{"nor in a new review", with(again, TapBack{}, TapReview{}, Reviewing{doubtful.Count}), Confirm, ""},
		{"the last void is said", with(answered, TapReview{}, Reviewing{doubtful.Count}, TapVoid{}, TapReason{"void.torn"}, VoidNoted{}), Menu, "issue.void.noted"},
		{"all decided", with(again, TapWhole{}, CardOut{Serial: serial}), Menu, "menu.owed.done"},
	} {
		if s, _ := start(tt.events...); s.Step != tt.step || s.Desk.Note != tt.note {
			t.Errorf("%s: step %d, note %q, want %d, %q", tt.name, s.Step, s.Desk.Note, tt.step, tt.note)
		}
	}
}

// The pages of the menu stay within what there is.
func TestPages(t *testing.T) {
	s, _ := start(with(toMenu, two, TapPage{1}, TapPage{2}, TapPage{-1})...)
	if s.Skip != 1 {
		t.Errorf("%d are skipped", s.Skip)
	}
	if s, _ = s.Next(SiteIs{Site: testSite(), Offers: offers()[:1]}); s.Skip != 0 {
		t.Errorf("%d of one are skipped", s.Skip)
	}
}

// Whoever comes next finds nothing of who was there before.
func TestHomeForgets(t *testing.T) {
	s, _ := start(with(toDesk, TapLang{"en"}, TapSize{Large}, TapContrast{}, TapIssue{}, out, Tick{noon.Add(DeskIdle)})...)
	if s.Desk != (Desk{}) || s.pin != "" || s.Look != (Look{Lang: "ja", Size: Medium}) || s.Visit != 1 {
		t.Errorf("left behind: %+v %+v, visit %d", s.Desk, s.Look, s.Visit)
	}
}

func TestPINIsNeverShown(t *testing.T) {
	s, effects := start(toDoor...)
	for _, text := range []string{fmt.Sprintf("%v %+v %#v", s, s, s), fmt.Sprintf("%v %+v %#v %s %q %x", effects, effects, effects, effects, effects, effects)} {
		if containsPIN(text) {
			t.Errorf("a PIN shows in %s", text)
		}
	}
	if pin := effects[0].(Unlock).PIN; string(pin) != "2468" {
		t.Error("the effect carries another PIN than was typed")
	}
	if s.pin != "" {
		t.Error("the state kept the PIN")
	}
}

func containsPIN(text string) bool {
	for n := range len(text) - 3 {
		if text[n:n+4] == "2468" {
			return true
		}
	}
	return false
}

// A resident's point ticket is called so wherever staff are asked about it, until
// the next card.
func TestTicketInDoubt(t *testing.T) {
	ticket := cards.OpenCard{Allotment: 9, Number: 4, State: cards.Uncertain}
	both := Count{Left: 499, Open: []cards.OpenCard{torn, ticket}, Tickets: []uint32{9}}
	left := Count{Left: 499, Open: []cards.OpenCard{ticket}, Tickets: []uint32{9}}
	asked := with(toMenu, TapDesk{}, DeskReady{Site: testSite(), Request: "R1", Count: both})
	first := with(asked, TapWhole{}, CardOut{Serial: serial, Request: "R1", Count: left})
	again := with(first, TapTorn{}, CardOut{Serial: ticket.Serial(), Request: "R1", Count: Count{Left: 499}})
	for _, tt := range []struct {
		name        string
		events      []Event
		step        Step
		asked, last bool
		note        string
	}{
		{"the card comes first", asked, Confirm, false, false, ""},
		{"then the ticket", first, Confirm, true, false, ""},
		{"in a review too", with(toMenu, TapReview{}, Reviewing{left}), Confirm, true, false, ""},
		{"why", with(first, TapVoid{}), VoidCard, true, false, ""},
		{"a second person", with(first, TapVoid{}, TapReason{"void.torn"}, NeedSecond{}), Door, true, false, ""},
		{"its points go back", with(first, TapVoid{}, TapReason{"void.torn"}, VoidNoted{Serial: ticket.Serial()}), Issue, false, false, "issue.void.noted.ticket"},
		{"torn once more", with(first, TapTorn{}, CardDoubtful{Card: ticket, Request: "R1", Count: left}), Confirm, true, true, ""},
		{"it is out", again, Issue, false, true, ""},
		{"it is out, and void after all", with(again, TapVoid{}), VoidCard, true, true, ""},
		{"the next card", with(again, TapIssue{}, CardOut{Serial: cards.Serial{Allotment: 7, Number: 2}, Request: "R2"}), Issue, false, false, ""},
		{"the next card is void", with(first, TapVoid{}, TapBack{}, TapWhole{}, CardOut{Serial: ticket.Serial(), Request: "R1"}, TapIssue{}, out, TapVoid{}, TapReason{"void.torn"}, VoidNoted{}), Issue, false, false, "issue.void.noted"},
	} {
		if s, _ := start(tt.events...); s.Step != tt.step || s.Ask.Ticket != tt.asked || s.Desk.Ticket != tt.last || s.Desk.Note != tt.note {
			t.Errorf("%s: step %d, asked about a ticket %v, the last is one %v, note %q", tt.name, s.Step, s.Ask.Ticket, s.Desk.Ticket, s.Desk.Note)
		}
	}
}
