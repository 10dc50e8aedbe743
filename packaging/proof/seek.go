package proof

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// Holding lists where in a value some characters are, and which: in everything
// that can be reached from it, which is fields, also those of other packages,
// slices, maps and what pointers lead to. A number is found by its digits, whole.
func Holding(v any, wants ...string) []string {
	s := &seeker{wants: wants, seen: map[place]bool{}, known: map[reflect.Type][]part{}, path: []string{fmt.Sprintf("%T", v)}}
	s.look(reflect.ValueOf(v))
	return s.found
}

type seeker struct {
	wants []string
	seen  map[place]bool
	known map[reflect.Type][]part
	path  []string // to what is looked at
	found []string
}

// A place is where a pointer leads: a struct lies where its first field does.
type place struct {
	at uintptr
	of reflect.Type
}

// A part is a field in which something can be.
type part struct {
	n    int
	name string
}

// parts are the fields of a struct but for those that are not looked into.
func (s *seeker) parts(t reflect.Type) []part {
	list, known := s.known[t]
	if !known {
		for i := range t.NumField() {
			if f := t.Field(i); !skipped(f.Type) {
				list = append(list, part{i, "." + f.Name})
			}
		}
		s.known[t] = list
	}
	return list
}

// skipped reports types that are not looked into: what is secret is a text, or a number of
// at least 32 bits.
func skipped(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Bool, reflect.Int8, reflect.Int16, reflect.Uint8, reflect.Uint16, reflect.Uintptr, reflect.Float32, reflect.Float64,
		reflect.Complex64, reflect.Complex128, reflect.Chan, reflect.Func, reflect.UnsafePointer:
		return true
	}
	return false
}

func (s *seeker) look(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		s.text(v.String())
	case reflect.Int, reflect.Int64, reflect.Int32:
		var digits [20]byte
		s.number(strconv.AppendInt(digits[:0], v.Int(), 10))
	case reflect.Uint, reflect.Uint64, reflect.Uint32:
		var digits [20]byte
		s.number(strconv.AppendUint(digits[:0], v.Uint(), 10))
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		at := place{v.Pointer(), v.Type()}
		if s.seen[at] {
			return
		}
		s.seen[at] = true
		s.look(v.Elem())
	case reflect.Interface:
		s.look(v.Elem())
	case reflect.Struct:
		for _, p := range s.parts(v.Type()) {
			s.in(p.name, v.Field(p.n))
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			s.in("[key]", it.Key())
			s.in("[]", it.Value())
		}
	case reflect.Array, reflect.Slice:
		s.list(v)
	}
}

func (s *seeker) in(name string, v reflect.Value) {
	s.path = append(s.path, name)
	s.look(v)
	s.path = s.path[:len(s.path)-1]
}

// longest is how much of a list of bytes or runes is looked at: longer ones are
// pictures and fonts.
const longest = 1 << 12

func (s *seeker) list(v reflect.Value) {
	n := v.Len()
	switch of := v.Type().Elem(); {
	case of.Kind() == reflect.Uint8 && v.Kind() == reflect.Slice:
		s.text(string(v.Bytes()[:min(n, longest)]))
	case of.Kind() == reflect.Uint8, of.Kind() == reflect.Int32: // bytes, runes
		var text strings.Builder
		for i := range min(n, longest) {
			if of.Kind() == reflect.Uint8 {
				text.WriteByte(byte(v.Index(i).Uint()))
			} else {
				text.WriteRune(rune(v.Index(i).Int()))
			}
		}
		s.text(text.String())
	case !skipped(of):
		for i := range n {
			s.in("[]", v.Index(i))
		}
	}
}

func (s *seeker) text(text string) {
	for _, want := range s.wants {
		if strings.Contains(text, want) {
			s.find(want)
		}
	}
}

func (s *seeker) number(digits []byte) {
	for _, want := range s.wants {
		if string(digits) == want {
			s.find(want)
		}
	}
}

func (s *seeker) find(want string) { s.found = append(s.found, strings.Join(s.path, "")+" "+want) }
