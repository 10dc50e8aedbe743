package assets

import (
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"
	"golang.org/x/image/font/sfnt"
)

func TestFontsAreFonts(t *testing.T) {
	for _, tt := range []struct {
		name string
		ttf  []byte
		want string
	}{
		{"regular", Regular(), "BIZ UDPGothic"},
		{"bold", Bold(), "BIZ UDPGothic Bold"},
	} {
		f, err := sfnt.Parse(tt.ttf)
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		got, err := f.Name(nil, sfnt.NameIDFull)
		if err != nil || !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s is %q (%v), want %q", tt.name, got, err, tt.want)
		}
	}
	if !strings.Contains(FontLicense(), "SIL OPEN FONT LICENSE") {
		t.Error("the fonts' licence is not embedded")
	}
}

// The figures are those of the city's announcement.
func TestKisarazu(t *testing.T) {
	text, err := Preset("kisarazu")
	if err != nil {
		t.Fatal(err)
	}
	var p struct {
		Municipality, Scheme, Contact, Phone string
		Event                                []struct {
			Name, Place, Opens, Closes, Condition string
			Points                                int
			OnceADay                              bool `toml:"once_a_day"`
		}
	}
	if err := toml.Unmarshal(text, &p); err != nil {
		t.Fatal(err)
	}
	if p.Municipality != "木更津市" || p.Scheme != "らづポイント" || p.Contact != "市民活動支援課" || p.Phone != "0438-23-8610" || len(p.Event) != 1 {
		t.Fatalf("preset says %+v", p)
	}
	e := p.Event[0]
	if e.Name != "ナチュラルバル" || e.Place != "JR木更津駅西口広場" || e.Opens != "11:00" || e.Closes != "17:00" ||
		e.Points != 200 || !e.OnceADay || e.Condition != "マイ食器・マイバッグをお持ちの方" {
		t.Errorf("event says %+v", e)
	}
}

// Every Japanese text has an English one beside it.
func TestPresetsAreBilingual(t *testing.T) {
	for _, name := range Presets() {
		text, err := Preset(name)
		if err != nil {
			t.Fatal(err)
		}
		var p map[string]any
		if err := toml.Unmarshal(text, &p); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		checkBilingual(t, name, p)
	}
}

func checkBilingual(t *testing.T, where string, table map[string]any) {
	t.Helper()
	for key, value := range table {
		switch value := value.(type) {
		case string:
			isJapanese := strings.ContainsFunc(value, func(r rune) bool { return r >= 0x3000 })
			if en, ok := table[key+"_en"].(string); isJapanese && (!ok || en == "") {
				t.Errorf("%s: %s has no %s_en", where, key, key)
			}
		case []any:
			for _, v := range value {
				checkBilingual(t, where+"."+key, v.(map[string]any))
			}
		}
	}
}

func TestUnknownPreset(t *testing.T) {
	for _, name := range []string{"", "nosuch", "../presets/kisarazu", "kisarazu.toml"} {
		if b, err := Preset(name); err == nil {
			t.Errorf("Preset(%q) gave %d bytes", name, len(b))
		}
	}
}
