package pcsc

import (
	"encoding/binary"
	"testing"
)

func TestValue(t *testing.T) {
	for _, tt := range []struct {
		name string
		list string
		tag  byte
		want uint32
		ok   bool
	}{
		{"the features of a CCID reader", "\x06\x04\x42\x33\x00\x06\x12\x04\x42\x33\x00\x12", tlvProperties, 0x42330012, true},
		{"none of that kind", "\x06\x04\x42\x33\x00\x06", tlvProperties, 0, false},
		{"nothing", "", tlvProperties, 0, false},
		{"after a value of another length", "\x01\x02\x10\x02\x0A\x04\x00\x00\x01\x00", maxAPDUData, 0x00000100, true},
		{"of another length itself", "\x0A\x02\x00\x01", maxAPDUData, 0, false},
		{"cut off", "\x0A\x04\x00\x00", maxAPDUData, 0, false},
		{"a tag alone", "\x0A", maxAPDUData, 0, false},
	} {
		if got, ok := value([]byte(tt.list), tt.tag, binary.BigEndian); got != tt.want || ok != tt.ok {
			t.Errorf("%s: %#x, %v", tt.name, got, ok)
		}
	}
}

func FuzzValue(f *testing.F) {
	f.Add([]byte("\x06\x04\x42\x33\x00\x06\x12\x04\x42\x33\x00\x12"), byte(tlvProperties))
	f.Add([]byte("\x0A\xFF"), byte(maxAPDUData))
	f.Fuzz(func(t *testing.T, list []byte, tag byte) {
		before := string(list)
		if _, ok := value(list, tag, binary.LittleEndian); ok && len(list) < 6 {
			t.Errorf("found in %x", list)
		}
		if string(list) != before {
			t.Error("the list was changed")
		}
	})
}
