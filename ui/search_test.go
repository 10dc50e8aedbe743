package ui

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// A seeker looks for characters in everything that can be reached from a value:
// fields, also those of other packages, slices, maps and what pointers lead to.
type seeker struct {
	wants []string
	seen  map[uintptr]bool
	found []string
}

// holding lists where in a value some characters are, and which.
func holding(v any, wants ...string) []string {
	s := &seeker{wants: wants, seen: map[uintptr]bool{}}
	s.look(reflect.ValueOf(v), fmt.Sprintf("%T", v))
	return s.found
}

func (s *seeker) look(v reflect.Value, path string) {
	switch v.Kind() {
	case reflect.String:
		s.text(v.String(), path)
	case reflect.Pointer:
		if v.IsNil() || s.seen[v.Pointer()] {
			return
		}
		s.seen[v.Pointer()] = true
		s.look(v.Elem(), path)
	case reflect.Interface:
		s.look(v.Elem(), path)
	case reflect.Struct:
		for i := range v.NumField() {
			s.look(v.Field(i), path+"."+v.Type().Field(i).Name)
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			s.look(it.Key(), path+"[key]")
			s.look(it.Value(), path+"[]")
		}
	case reflect.Array, reflect.Slice:
		s.list(v, path)
	}
}

func (s *seeker) list(v reflect.Value, path string) {
	switch kind := v.Type().Elem().Kind(); kind {
	case reflect.Uint8, reflect.Int32: // bytes, runes
		var text strings.Builder
		for i := range min(v.Len(), 1<<12) {
			if kind == reflect.Uint8 {
				text.WriteByte(byte(v.Index(i).Uint()))
			} else {
				text.WriteRune(rune(v.Index(i).Int()))
			}
		}
		s.text(text.String(), path)
	default:
		for i := range v.Len() {
			s.look(v.Index(i), path+"[]")
		}
	}
}

func (s *seeker) text(text, path string) {
	for _, want := range s.wants {
		if strings.Contains(text, want) {
			s.found = append(s.found, path+" "+want)
		}
	}
}

func TestSeekerFinds(t *testing.T) {
	type inner struct {
		deep any
		when map[string][]rune
	}
	for _, v := range []any{
		"x7294y", []byte("7294"), [4]byte{'7', '2', '9', '4'}, &inner{deep: &[]any{"7294"}},
		inner{when: map[string][]rune{"a": []rune("7294")}}, struct{ m map[string]int }{map[string]int{"7294": 1}},
	} {
		if len(holding(v, "7294")) == 0 {
			t.Errorf("not found in %#v", v)
		}
		if found := holding(v, "7295"); len(found) > 0 {
			t.Errorf("found in %#v at %q", v, found)
		}
	}
}
