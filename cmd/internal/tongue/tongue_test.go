package tongue

import "testing"

func TestWords(t *testing.T) {
	for _, tt := range []struct {
		name string
		env  map[string]string
		want string
	}{
		{"Japanese", map[string]string{"LANG": "ja_JP.UTF-8"}, "ja"},
		{"English", map[string]string{"LANG": "en_GB.UTF-8"}, "en"},
		{"bare", map[string]string{"LANG": "en"}, "en"},
		{"another language: the first of the word list", map[string]string{"LANG": "fr_FR.UTF-8"}, "ja"},
		{"none", nil, "en"},
		{"a container", map[string]string{"LANG": "C.UTF-8"}, "en"},
		{"POSIX", map[string]string{"LANG": "POSIX"}, "en"},
		{"LC_ALL goes before", map[string]string{"LC_ALL": "ja_JP", "LC_MESSAGES": "en_US", "LANG": "C"}, "ja"},
		{"LC_MESSAGES goes before LANG", map[string]string{"LC_MESSAGES": "ja_JP.UTF-8", "LANG": "en_US.UTF-8"}, "ja"},
	} {
		if got := Words(func(name string) string { return tt.env[name] }).Lang(); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
