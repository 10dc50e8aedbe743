package jpkitest

import (
	"encoding/asn1"
	"slices"
	"strings"
)

var (
	oidC  = asn1.ObjectIdentifier{2, 5, 4, 6}
	oidO  = asn1.ObjectIdentifier{2, 5, 4, 10}
	oidOU = asn1.ObjectIdentifier{2, 5, 4, 11}
	oidCN = asn1.ObjectIdentifier{2, 5, 4, 3}

	oidSubjectAltName = asn1.ObjectIdentifier{2, 5, 29, 17}
	oidIssuerAltName  = asn1.ObjectIdentifier{2, 5, 29, 18}
	oidCRLPoints      = asn1.ObjectIdentifier{2, 5, 29, 31}
)

// A distinguished name, each attribute in a part of its own.
type distinguished []attribute

type attribute struct {
	id   asn1.ObjectIdentifier
	text string
}

// der encodes the name. It can't fail: no text of ours is too strange for UTF-8.
func (n distinguished) der() []byte {
	var parts []byte
	for _, a := range n {
		tag := asn1.TagUTF8String
		if a.id.Equal(oidC) {
			tag = asn1.TagPrintableString
		}
		id, _ := asn1.Marshal(a.id)
		value := tlv(asn1.ClassUniversal, tag, false, []byte(a.text))
		pair := tlv(asn1.ClassUniversal, asn1.TagSequence, true, slices.Concat(id, value))
		parts = append(parts, tlv(asn1.ClassUniversal, asn1.TagSet, true, pair)...)
	}
	return tlv(asn1.ClassUniversal, asn1.TagSequence, true, parts)
}

// String writes the name as openssl does in its index.
func (n distinguished) String() string {
	var b strings.Builder
	for _, a := range n {
		short := map[string]string{oidC.String(): "C", oidO.String(): "O", oidOU.String(): "OU", oidCN.String(): "CN"}
		b.WriteString("/" + short[a.id.String()] + "=" + a.text)
	}
	return b.String()
}

// generalNames holds one directoryName (RFC 5280, 4.2.1.6).
func (n distinguished) generalNames() []byte {
	directory := tlv(asn1.ClassContextSpecific, 4, true, n.der())
	return tlv(asn1.ClassUniversal, asn1.TagSequence, true, directory)
}

// crlPoints holds one distribution point, its fullName a directoryName (RFC 5280,
// 4.2.1.13).
func (n distinguished) crlPoints() []byte {
	directory := tlv(asn1.ClassContextSpecific, 4, true, n.der())
	fullName := tlv(asn1.ClassContextSpecific, 0, true, directory)
	point := tlv(asn1.ClassContextSpecific, 0, true, fullName)
	points := tlv(asn1.ClassUniversal, asn1.TagSequence, true, point)
	return tlv(asn1.ClassUniversal, asn1.TagSequence, true, points)
}

func tlv(class, tag int, compound bool, content []byte) []byte {
	der, _ := asn1.Marshal(asn1.RawValue{Class: class, Tag: tag, IsCompound: compound, Bytes: content}) // only sizes beyond int fail
	return der
}
