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
	s := &seeker{wants: wants, seen: map[uintptr]bool{}}
	s.look(reflect.ValueOf(v), fmt.Sprintf("%T", v))
	return s.found
}

type seeker struct {
	wants []string
	seen  map[uintptr]bool
	found []string
}

func (s *seeker) look(v reflect.Value, path string) {
	switch v.Kind() {
	case reflect.String:
		s.text(v.String(), path)
	case reflect.Int, reflect.Int64, reflect.Int32:
		s.number(strconv.FormatInt(v.Int(), 10), path)
	case reflect.Uint, reflect.Uint64, reflect.Uint32:
		s.number(strconv.FormatUint(v.Uint(), 10), path)
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

func (s *seeker) number(digits, path string) {
	for _, want := range s.wants {
		if digits == want {
			s.found = append(s.found, path+" "+want)
		}
	}
}
