package proof

import "testing"

func TestHolding(t *testing.T) {
	type inner struct {
		deep any
		when map[string][]rune
	}
	type secret []byte
	in := &inner{when: map[string][]rune{"a": []rune("7294")}}
	for _, v := range []any{
		[]any{&in.deep, in}, // which begin at one place
		struct{ s secret }{secret("7294")}, struct{ of [2]struct{ n int64 } }{[2]struct{ n int64 }{{1}, {7294}}},
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

// Where it is can be found again.
func TestHoldingSaysWhere(t *testing.T) {
	type person struct{ Names []string }
	found := Holding(map[string]*person{"a": {[]string{"", "x7294"}}}, "7294")
	if len(found) != 1 || found[0] != "map[string]*proof.person[].Names[] 7294" {
		t.Errorf("%q", found)
	}
}
