package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"pointkiosk/kiosk"
	"pointkiosk/kiosk/account"
	"pointkiosk/kiosk/prize"
	"pointkiosk/kiosk/wizard"
)

// find gives the button whose words contain a text, all words without spaces.
func find(t *testing.T, root fyne.CanvasObject, words string) spot {
	t.Helper()
	for _, s := range spots(root) {
		if b, ok := s.object.(*button); ok && slices.Contains(said(b), words) {
			return s
		}
	}
	t.Fatalf("no button says %q", words)
	return spot{}
}

// said lists the lines on a button, and all of them as one.
func said(b *button) (lines []string) {
	for _, s := range spots(b.box) {
		if text, ok := s.object.(*canvas.Text); ok {
			lines = append(lines, text.Text)
		}
	}
	return append(lines, strings.Join(lines, ""))
}

// Every button sends its event, once.
func TestTapsSend(t *testing.T) {
	newApp(t)
	for _, tt := range []struct {
		sample, words string
		want          kiosk.Event
	}{
		{"home", "職員", kiosk.TapStaff{}},
		{"home-accounts", "残高を見る", kiosk.TapBalance{}},
		{"low home-accounts", "残高を見る", kiosk.TapBalance{}},
		{"home-accounts-none", "残高を見る", kiosk.TapBalance{}},
		{"account-ways", "マイナンバーカードで見る", account.TapCard{}},
		{"account-ways", "マイキーIDで見る", account.TapID{}},
		{"account-ways", "もどる", account.TapBack{}},
		{"account-id", "忘れた方", account.TapForgot{}},
		{"account-password", "忘れた方", account.TapForgot{}},
		{"account-forgot", "マイナンバーカードで続ける", account.TapCard{}},
		{"account-balance", "ポイントの動き", account.TapMoves{}},
		{"account-balance", "期限をすべて見る", account.TapLots{}},
		{"account-balance", "ポイントカードを入れる", account.TapPut{}},
		{"account-balance", "残高を印刷する", account.TapSlip{}},
		{"account-balance", "終わる", account.TapEnd{}},
		{"account-put-many", "もどる", account.TapBack{}},
		{"account-balance-tickets", "ポイント券にする", account.TapSell{}},
		{"account-tickets-many", "500", account.TapTicket{Allotment: 300}},
		{"account-tickets-many", "8,000", nil},
		{"account-tickets-many", "次へ", kiosk.Touched{}},
		{"account-ticket-sure", "印刷する", account.TapYes{}},
		{"account-ticket-sure", "もどる", account.TapBack{}},
		{"account-ticket-doubt", "はい", account.TapYes{}},
		{"account-ticket-doubt", "いいえ", account.TapNo{}},
		{"account-ticket-out", "もどる", account.TapBack{}},
		{"menu-prizes", "賞品交換", kiosk.TapPrizes{}},
		{"low menu-prizes", "賞品交換", kiosk.TapPrizes{}},
		{"prize-scan", "賞品を選ぶ", prize.TapChoose{}},
		{"prize-scan-short", "賞品を選ぶ", nil},
		{"prize-none", "もどる", prize.TapBack{}},
		{"prize-choose", "もどる", prize.TapBack{}},
		{"prize-sure", "交換する", prize.TapTake{}},
		{"prize-sure", "返さない", prize.TapGive{Give: true}},
		{"prize-done", "控えをもう一度出す", prize.TapSlip{}},
		{"prize-done", "終わる", prize.TapEnd{}},
		{"account-looked-good", "終わる", account.TapEnd{}},
		{"account-stopped-offline", "終わる", account.TapEnd{}},
		{"mykey-none", "15歳以上です。つくる", wizard.TapNext{}},
		{"mykey-none", "15歳未満です", wizard.TapYoung{}},
		{"door", "1", kiosk.TapDigit{Digit: '1'}},
		{"door", "0", kiosk.TapDigit{Digit: '0'}},
		{"door", "9", kiosk.TapDigit{Digit: '9'}},
		{"door", "消す", kiosk.TapErase{}},
		{"door", "決定", kiosk.TapEnter{}},
		{"door", "もどる", kiosk.TapBack{}},
		{"menu", "ポイントカードを配る", kiosk.TapDesk{}},
		{"menu", "練習をする", kiosk.TapPractice{}},
		{"menu-note", "練習を終わる", kiosk.TapPractice{}},
		{"menu", "終わる", kiosk.TapBack{}},
		{"menu", "番号で取り消す", kiosk.TapNumber{}},
		{"low menu-owed", "番号で取り消す", kiosk.TapNumber{}},
		{"menu-range", "束を有効にする", kiosk.TapBatches{}},
		{"low menu-range-all", "束を有効にする", kiosk.TapBatches{}},
		{"menu-batches", "束・PDF", kiosk.TapBatches{}},
		{"range-which", "束を有効にする", kiosk.TapRange{}},
		{"range-which", "ポイントカードをPDFで印刷する", kiosk.TapSheets{}},
		{"range-which", "もどる", kiosk.TapBack{}},
		{"range-first", "番号を押す", kiosk.TapKeys{}},
		{"range-first", "もどる", kiosk.TapBack{}},
		{"range-type", "Z", kiosk.Touched{}},
		{"range-type", "決定", nil},
		{"range-found", "200枚を有効にする", kiosk.TapActivate{}},
		{"range-found", "もどる", kiosk.TapBack{}},
		{"range-done", "次の束", kiosk.TapRange{}},
		{"range-done", "終わる", kiosk.TapBack{}},
		{"sheets-list", "のこり 9,300枚", kiosk.TapBatch{Allotment: 870}},
		{"sheets-list-many", "途中です　500枚", kiosk.TapOrder{Name: "naturalbar-20261122-093000"}},
		{"sheets-list-many", "途中のものを先にします", nil}, // an order of it is not finished
		{"sheets-list-many", "次へ", kiosk.Touched{}},
		{"sheets-count", "7", kiosk.TapDigit{Digit: '7'}},
		{"sheets-count", "決定", kiosk.TapEnter{}},
		{"sheets-count-many", "決定", nil},
		{"sheets-count-none", "決定", nil},
		{"sheets-paper", "片面だけ", kiosk.TapSides{Sides: "single"}},
		{"sheets-paper", "次へ", kiosk.TapPaper{}},
		{"sheets-cell", "7", kiosk.TapCell{Cell: 6}},
		{"sheets-cell", "見本を見る", kiosk.TapLook{}},
		{"sheets-cell", "もどる", kiosk.TapBack{}},
		{"sheets-cell-used", "済", kiosk.TapCell{Cell: 0}},
		{"sheets-cell-many", "次の場所", kiosk.TapCell{Cell: 12}},
		{"low sheets-cell", "次の場所", kiosk.TapCell{Cell: 1}},
		{"low sheets-cell", "前の場所", nil},
		{"low sheets-cell-used", "前の場所", kiosk.TapCell{Cell: 3}},
		{"low sheets-cell-eight", "次の場所", nil},
		{"sheets-paper-many", "B5", kiosk.TapStock{Name: "B5"}},
		{"sheets-look", "作る", kiosk.TapMake{}},
		{"sheets-making", "中止", kiosk.TapStop{}},
		{"sheets-done", "終わる", kiosk.TapBack{}},
		{"sheets-done-sealed", "鍵を開ける", kiosk.TapOpen{}},
		{"sheets-not-cut", "続きから", kiosk.TapMake{}},
		{"sheets-order-making", "続きから", kiosk.TapMake{}},
		{"sheets-order-making", "やめる", kiosk.TapEnd{}},
		{"sheets-order-made", "もう一度作る", kiosk.TapMake{}},
		{"sheets-order-sealed", "鍵を開ける", kiosk.TapOpen{}},
		{"sheets-end", "やめる", kiosk.TapEnd{}},
		{"sheets-end", "もどる", kiosk.TapBack{}},
		{"number-type", "Z", kiosk.Touched{}},
		{"number-type", "決定", nil},
		{"number-type", "もどる", kiosk.TapBack{}},
		{"number-found", "取り消す", kiosk.TapVoid{}},
		{"number-found", "もどる", kiosk.TapBack{}},
		{"low number-void", "新しいポイントカードを出す", kiosk.TapAgain{}},
		{"number-void", "新しいポイントカードを出す", kiosk.TapAgain{}},
		{"number-later", "もう一度たずねる", kiosk.TapAsk{}},
		{"number-out", "出なかった", kiosk.TapNotOut{}},
		{"menu-owed", "印刷の確認 2枚", kiosk.TapReview{}},
		{"menu-two", "ナチュラルバル", kiosk.TapDesk{Allotment: 200}},
		{"menu-two", "練習をする", kiosk.TapPractice{}},
		{"low menu-two", "ナチュラルバル", kiosk.TapDesk{Allotment: 200}},
		{"menu-many", "次へ", kiosk.TapPage{Skip: 6}},
		{"menu-many", "前へ", kiosk.TapPage{Skip: 0}},
		{"low menu-many", "次へ", kiosk.TapPage{Skip: 6}},
		{"low menu-many", "前へ", kiosk.TapPage{Skip: 2}},
		{"low menu-three", "前へ", nil}, // it is the first page
		{"out-P-02", "職員", kiosk.TapStaff{}},
		{"clock", "合っています", kiosk.TapDateOK{}},
		{"clock", "もどる", kiosk.TapBack{}},
		{"issue", "ポイントカードを1枚 発行する", kiosk.TapIssue{}},
		{"issue-practice", "見本を1枚 印刷する", kiosk.TapIssue{}},
		{"issue-presumed", "出なかった", kiosk.TapNotOut{}},
		{"issue-handed", "いまのポイントカードを取消", kiosk.TapVoid{}},
		{"issue", "終わる", kiosk.TapBack{}},
		{"confirm", "はい", kiosk.TapWhole{}},
		{"confirm", "いいえ", kiosk.TapTorn{}},
		{"confirm", "このポイントカードを取消", kiosk.TapVoid{}},
		{"confirm", "もどる", kiosk.TapBack{}},
		{"confirm-ticket", "取り消してポイントをもどす", kiosk.TapVoid{}},
		{"confirm-ticket-torn", "もう一度印刷", kiosk.TapTorn{}},
		{"issue-ticket", "いまのポイント券を取消", kiosk.TapVoid{}},
		{"void", "やぶれた・読めない", kiosk.TapReason{Reason: "void.torn"}},
		{"void", "まちがえて出した", kiosk.TapReason{Reason: "void.wrong"}},
		{"void", "同じ方に2枚出した", kiosk.TapReason{Reason: "void.extra"}},
		{"void-open", "紙が出てこない", kiosk.TapReason{Reason: "void.missing"}},
		{"void", "もどる", kiosk.TapBack{}},
		{"home", "小", kiosk.TapSize{Size: kiosk.Small}},
		{"home", "大", kiosk.TapSize{Size: kiosk.Large}},
		{"home", "English", kiosk.TapLang{Lang: "en"}},
		{"home", "日本語", kiosk.TapLang{Lang: "ja"}},
		{"home", "見やすい色", kiosk.TapContrast{}},
		{"low home", "表示", kiosk.TapDisplay{}},
		{"low display", "小", kiosk.TapSize{Size: kiosk.Small}},
		{"low display", "English", kiosk.TapLang{Lang: "en"}},
		{"low display", "見やすい色", kiosk.TapContrast{}},
		{"low display", "ふつう", nil}, // it is so already
		{"home-counter", "マイキーIDをつくる", kiosk.TapMyKey{}},
		{"home-counter-none", "マイキーIDをつくる", kiosk.TapMyKey{}},
		{"low home-counter", "マイキーIDをつくる", kiosk.TapMyKey{}},
		{"mykey-needs", "15歳以上です", wizard.TapNext{}},
		{"mykey-needs", "15歳未満です", wizard.TapYoung{}},
		{"mykey-needs", "もどる", wizard.TapBack{}},
		{"mykey-young", "もどる", wizard.TapBack{}},
		{"mykey-young", "職員がすすめる", wizard.TapStaff{}},
		{"low mykey-young", "職員がすすめる", wizard.TapStaff{}},
		{"mykey-place", "もどる", wizard.TapBack{}},
		{"mykey-pin", "1", kiosk.Touched{}},
		{"mykey-pin", "消す", kiosk.Touched{}},
		{"mykey-pin", "数字をまぜる", kiosk.Touched{}},
		{"mykey-pin", "決定", nil}, // no digit is typed
		{"mykey-pin", "もどる", wizard.TapBack{}},
		{"mykey-last-try", "確かめました。続ける", wizard.TapNext{}},
		{"mykey-last-try", "やめる", wizard.TapBack{}},
		{"mykey-choose", "K7M4 W2HN", wizard.TapID{ID: "K7M4W2HN"}},
		{"mykey-choose", "XYZ2 3456", wizard.TapID{ID: "XYZ23456"}},
		{"mykey-choose", "自分で決める", wizard.TapOwn{}},
		{"mykey-choose-change", "自分で決める", wizard.TapOwn{}},
		{"mykey-choose", "もどる", wizard.TapBack{}},
		{"mykey-choose", "前につくった方", wizard.TapBefore{}},
		{"mykey-before-password", "忘れた(職員が手続きずみ)", wizard.TapVouch{}},
		{"mykey-own", "K", kiosk.Touched{}},
		{"mykey-own", "決定", nil},
		{"mykey-own", "もどる", wizard.TapBack{}},
		{"mykey-password", "控えの番号で、あとで決める", wizard.TapCode{}},
		{"mykey-password", "ここで決める", wizard.TapTyped{}},
		{"mykey-password", "もどる", wizard.TapBack{}},
		{"mykey-typing", "ABC", kiosk.Touched{}},
		{"mykey-typing", "決定", nil},
		{"mykey-typing", "もどる", wizard.TapBack{}},
		{"mykey-terms", "同意して次へ", wizard.TapNext{}},
		{"mykey-terms", "もどる", wizard.TapBack{}},
		{"mykey-confirm", "申しこむ", wizard.TapNext{}},
		{"mykey-confirm-typed-long", "次へ", wizard.TapNext{}},
		{"mykey-confirm", "もどる", wizard.TapBack{}},
		{"mykey-done", "控えをもう一度出す", wizard.TapSlip{}},
		{"mykey-done", "終わる", wizard.TapEnd{}},
		{"mykey-held", "控えを出す", wizard.TapSlip{}},
		{"mykey-held", "マイキーIDをかえる", wizard.TapChange{}},
		{"mykey-held", "マイキーIDをやめる", wizard.TapRetire{}},
		{"mykey-held", "終わる", wizard.TapEnd{}},
		{"mykey-held", "パスワードを忘れた", wizard.TapForgot{}},
		{"mykey-sure", "マイキーIDをやめる", wizard.TapNext{}},
		{"mykey-sure", "もどる", wizard.TapBack{}},
		{"mykey-stopped-unusable", "終わる", wizard.TapEnd{}},
		{"issue-stopped", "いまは発行できません", nil},
		{"door-wait", "決定", nil},
		{"door-wait", "5", nil},
	} {
		t.Run(tt.sample+" "+tt.words, func(t *testing.T) {
			var got []kiosk.Event
			size := sizes()[0]
			name, low := strings.CutPrefix(tt.sample, "low ")
			if low {
				size = sizes()[3]
			}
			root, w := open(t, size, func(e kiosk.Event) { got = append(got, e) })
			root.Show(stateOf(t, name))
			b := find(t, root.Object(), tt.words)
			test.TapCanvas(w.Canvas(), b.at.AddXY(b.size.Width/2, b.size.Height/2))
			var want []kiosk.Event
			if tt.want != nil {
				want = append(want, tt.want)
			}
			if fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", want) {
				t.Errorf("sent %#v, want %#v", got, want)
			}
		})
	}
}

func stateOf(t *testing.T, name string) kiosk.State {
	t.Helper()
	for _, s := range samples() {
		if s.name == name {
			return s.state
		}
	}
	t.Fatalf("no sample %q", name)
	return kiosk.State{}
}

// What is not offered can't be seen.
func TestNotOffered(t *testing.T) {
	newApp(t)
	for _, tt := range []struct{ sample, words string }{
		{"issue-handed", "出なかった"},  // the printer gave proof
		{"issue", "いまのポイントカードを取消"}, // there is no last card
		{"void", "紙が出てこない"},        // it is in hand
		{"out-P-02", "終わる"},        // it goes away by itself
		{"menu", "印刷の確認 0枚"},
		{"menu", "次へ"},
		{"menu-two", "ポイントカードを配る"}, // the tiles are events
		{"wait", "もどる"},
		{"number-unknown", "取り消す"},
		{"number-signed", "取り消す"},
		{"number-asking", "もう一度たずねる"},
		{"number-later", "新しいポイントカードを出す"},
		{"number-honoured", "新しいポイントカードを出す"},
		{"number-none", "新しいポイントカードを出す"},
		{"number-before", "新しいポイントカードを出す"},
		{"home", "マイキーIDをつくる"}, // there is no card reader
		{"mykey-choose-later", "自分で決める"},
		{"mykey-password-later", "ここで決める"},
		{"mykey-held-later-failed", "マイキーIDをかえる"},
		{"mykey-held-later-failed", "マイキーIDをやめる"},
		{"mykey-held-later-failed", "パスワードを忘れた"},
		{"mykey-choose-later", "前につくった方"},
		{"mykey-choose-change", "前につくった方"},
		{"mykey-typing", "忘れた(職員が手続きずみ)"},
		{"mykey-done-printing", "控えをもう一度出す"},
		{"mykey-take", "もどる"}, // the card is taken, not tapped away
		{"mykey-reading", "もどる"},
		{"mykey-terms", "次へ"}, // all of them stand on one page
		{"home", "表示"},        // the bar has room for all switches
	} {
		root, _ := open(t, sizes()[0], func(kiosk.Event) {})
		root.Show(stateOf(t, tt.sample))
		for _, s := range spots(root.Object()) {
			if b, ok := s.object.(*button); ok && slices.Contains(said(b), tt.words) {
				t.Errorf("%s offers %q", tt.sample, tt.words)
			}
		}
	}
}

// Above the set count a void takes another person: the door says so.
func TestDoorAsksForASecondPerson(t *testing.T) {
	newApp(t)
	root, _ := open(t, sizes()[0], func(kiosk.Event) {})
	for sample, want := range map[string]string{"door": "door.title", "door-second": "door.second.title"} {
		root.Show(stateOf(t, sample))
		if got := root.screens[kiosk.Door].(*door).title.say(); got != root.pen.say(want) {
			t.Errorf("%s says %q", sample, got)
		}
	}
}

// The PIN is not on the screen: the dots say how many digits there are.
func TestDoorShowsNoDigits(t *testing.T) {
	newApp(t)
	root, _ := open(t, sizes()[0], func(kiosk.Event) {})
	for n := range mostDigits + 1 {
		st := stateOf(t, "door")
		st.Keys = kiosk.Keys{Typed: n}
		root.Show(st)
		dots := 0
		for _, s := range spots(root.Object()) {
			if _, ok := s.object.(*canvas.Circle); ok {
				dots++
			}
		}
		if dots != n {
			t.Errorf("%d digits show as %d dots", n, dots)
		}
	}
}

// A state that says nothing new, as after each tick of the clock, draws
// nothing: an idle kiosk must stay idle.
func TestShowTwiceDrawsOnce(t *testing.T) {
	newApp(t)
	for _, size := range []fyne.Size{sizes()[0], sizes()[3]} {
		root, _ := open(t, size, func(kiosk.Event) {})
		for _, s := range samples() {
			root.Show(s.state)
			root.bar.Show(s.state)
			root.screens[s.state.Step].Show(s.state)
			if root.pen.changed || root.barPen.changed {
				t.Errorf("%s %v: the same state is drawn again", s.name, size)
			}
			s.state.Keys.Typed++
			root.screens[s.state.Step].Show(s.state)
			if strings.HasPrefix(s.name, "door") && !root.pen.changed {
				t.Errorf("%s %v: another digit is not drawn", s.name, size)
			}
		}
	}
}
