package ui

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2/canvas"

	"pointkiosk/cards"
	"pointkiosk/kiosk/wizard"
)

// On screen one thing has one name: センター, 端末, ふた, 取消; and カード is
// never alone.
// Whatever the hub rules has a screen of its own, or is answered where it was
// asked.
func TestRulings(t *testing.T) {
	here := []cards.Ruling{cards.RulingOK, cards.RulingWrong}
	for _, r := range cards.Rulings() {
		if stopOf(wizard.State{Reason: wizard.Refused, Word: string(r)}).name == "other" && !slices.Contains(here, r) {
			t.Errorf("no screen for %q", r)
		}
	}
}

func TestOneWordForEachThing(t *testing.T) {
	for _, tt := range []struct{ lang, word string }{
		{"ja", "ハブ"}, {"ja", "キオスク"}, {"ja", "機械"}, {"ja", "窓口"}, {"ja", "カバー"}, {"ja", "取り消しを"}, {"ja", "取り消しが"},
		{"ja", "取消し"}, {"ja", "キャンセル"}, {"en", "hub"}, {"en", "machine"}, {"en", "device"},
	} {
		for key, text := range texts(t, tt.lang) {
			if strings.Contains(strings.ToLower(text), tt.word) {
				t.Errorf("%s/%s says %s: %s", tt.lang, key, tt.word, text)
			}
		}
	}
	for key, text := range texts(t, "ja") {
		if strings.Count(text, "カード") != strings.Count(text, "ポイントカード")+strings.Count(text, "マイナンバーカード") {
			t.Errorf("%s: カード stands alone: %s", key, text)
		}
	}
}

// texts are those of the areas that the screen speaks.
func texts(t *testing.T, lang string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, area := range []string{"ui.json", "mykey.json", "account.json", "desk.json", "batch.json", "printer.json"} {
		data, err := os.ReadFile(filepath.Join("..", "assets", "words", lang, area))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, &all); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// Whoever is asked about a point ticket reads of no point card, and about a card of
// no ticket.
func TestTicketIsNoCard(t *testing.T) {
	for _, tt := range []struct{ sample, says, never string }{
		{"confirm", "ポイントカード", "券"},
		{"confirm-torn", "ポイントカード", "券"},
		{"void-open", "ポイントカード", "券"},
		{"issue-handed", "いまのポイントカードを取消", "券"},
		{"confirm-ticket", "ポイント券", "ポイントカード"},
		{"confirm-ticket-torn", "ポイント券", "ポイントカード"},
		{"void-ticket", "ポイント券", "ポイントカード"},
		{"issue-ticket", "いま出たポイント券", "いま出たポイントカード"},
		{"menu-owed", "紙が、2枚", "決まっていないポイントカード"},
	} {
		var all strings.Builder
		for _, s := range spots(newPerson(t, sizes()[0], tt.sample).root.Object()) {
			if text, ok := s.object.(*canvas.Text); ok {
				all.WriteString(text.Text)
			}
		}
		if said := all.String(); !strings.Contains(said, tt.says) || strings.Contains(said, tt.never) {
			t.Errorf("%s: %s", tt.sample, said)
		}
	}
}

// Who made an ID before reads what a provisional one is worth to them, and which
// key brings the one of before back: by the words on it.
func TestBeforeIsSaid(t *testing.T) {
	for lang, before := range map[string]string{"ja": "前につくった方は登録されない", "en": "only if you never made one before"} {
		all := texts(t, lang)
		if text := all["mykey.choose.later"]; !strings.Contains(text, before) {
			t.Errorf("%s: %s", lang, text)
		}
		for word, says := range map[string]bool{"has-id": true, "no-id": false} {
			for _, came := range []bool{false, true} {
				w := wizard.State{Reason: wizard.Refused, Word: word, Before: came}
				if text := all[stopOf(w).todo(w)]; strings.Contains(text, all["mykey.choose.before"]) != (says && came) || text == "" {
					t.Errorf("%s, %s: %s", lang, word, text)
				}
			}
		}
	}
}
