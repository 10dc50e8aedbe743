package pcsc

import (
	"encoding/binary"

	"github.com/ebfe/scard"
)

// What a reader's driver says of it (PC/SC part 10, 2.2, 2.3 and 2.6.14).
const (
	getFeatureRequest = 3400 // CM_IOCTL_GET_FEATURE_REQUEST
	tlvProperties     = 0x12 // FEATURE_GET_TLV_PROPERTIES
	maxAPDUData       = 0x0A // PCSCv2_PART10_PROPERTY_dwMaxAPDUDataSize
)

// extended reports whether the reader takes commands of extended length (ISO/IEC
// 7816-4, 5.1). One that does not say so is given short ones.
func extended(card *scard.Card) bool {
	list, err := card.Control(scard.CtlCode(getFeatureRequest), nil)
	if err != nil {
		return false
	}
	code, ok := value(list, tlvProperties, binary.BigEndian)
	if !ok {
		return false
	}
	if list, err = card.Control(code, nil); err != nil {
		return false
	}
	most, ok := value(list, maxAPDUData, binary.LittleEndian)
	return ok && most > 256
}

// value finds four bytes under a tag in a list of tag, length and value.
func value(list []byte, tag byte, order binary.ByteOrder) (v uint32, ok bool) {
	for len(list) >= 2 {
		t, n := list[0], int(list[1])
		if list = list[2:]; n > len(list) {
			return 0, false
		}
		if t == tag && n == 4 {
			return order.Uint32(list), true
		}
		list = list[n:]
	}
	return 0, false
}
