package proof

import "testing"

func TestHolding(t *testing.T) {
	type inner struct {
		deep any
		when map[string][]rune
	}
	for _, v := range []any{
		"x7294y", []byte("7294"), [4]byte{'7', '2', '9', '4'}, &inner{deep: &[]any{"7294"}}, inner{deep: 7294}, []any{uint32(7294)},
		inner{when: map[string][]rune{"a": []rune("7294")}}, struct{ m map[string]int }{map[string]int{"7294": 1}},
	} {
		if len(Holding(v, "7294")) == 0 {
			t.Errorf("not found in %#v", v)
		}
		if found := Holding(v, "7295"); len(found) > 0 {
			t.Errorf("found in %#v at %q", v, found)
		}
	}
	if found := Holding(17294, "7294"); len(found) > 0 {
		t.Errorf("another number: %q", found)
	}
}
