package ui

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// On screen one thing has one name: センター, 端末, ふた, 取消; and カード is
// never alone.
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
	for _, area := range []string{"ui.json", "mykey.json", "account.json", "desk.json", "printer.json"} {
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
