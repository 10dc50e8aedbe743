package cards

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"testing"

	"github.com/veraison/go-cose"
)

// byLibrary is unwrap without a thought for speed: it lets go-cose read the
// envelope and write it again.
func byLibrary(data []byte, paper Paper) (*cose.Sign1Message, KeyID, error) {
	var m cose.Sign1Message
	if err := m.UnmarshalCBOR(data); err != nil {
		return nil, 0, err
	}
	head := m.Headers.Protected
	kid, ok := head[cose.HeaderLabelKeyID].([]byte)
	if !ok || len(kid) != 4 || len(head) != 3 || len(m.Headers.Unprotected) != 0 ||
		head[cose.HeaderLabelContentType] != string(paper) || head[cose.HeaderLabelAlgorithm] != cose.AlgorithmEdDSA ||
		m.Payload == nil || len(m.Signature) != ed25519.SignatureSize {
		return nil, 0, ErrPaper
	}
	m.Headers.RawProtected, m.Headers.RawUnprotected = nil, nil // else MarshalCBOR repeats them as they came
	if again, err := m.MarshalCBOR(); err != nil || !bytes.Equal(again, data) {
		return nil, 0, ErrPaper
	}
	return &m, KeyID(binary.BigEndian.Uint32(kid)), nil
}

// What is read here byte by byte is what the library reads, and as strictly.
func FuzzEnvelope(f *testing.F) {
	for _, s := range samples() {
		sealed := must(Seal(s.key, s.paper, s.v))
		f.Add(sealed, uint16(0), byte(0))
		f.Add(sealed, uint16(len(envelopeHead(s.paper))+4), byte(1)) // the unprotected header
		f.Add(sealed, uint16(len(envelopeHead(s.paper))+5), byte(1)) // the payload's length
		f.Add(sealed, uint16(len(envelopeHead(s.paper))+6), byte(1))
		f.Add(sealed, uint16(len(sealed)-ed25519.SignatureSize-1), byte(1)) // the signature's length
	}
	for _, w := range wrongSheets() {
		f.Add(w.data, uint16(0), byte(0))
	}
	for _, size := range []int{0, 1, 23, 24, 255, 256, 65535, 65536} {
		f.Add(newSheet(PaperEntry, paperKiosk, make([]byte, size)).bytes(), uint16(0), byte(0))
	}
	f.Fuzz(func(t *testing.T, data []byte, place uint16, bits byte) {
		data = bytes.Clone(data)
		if len(data) > 0 {
			data[int(place)%len(data)] ^= bits
		}
		for _, s := range samples() {
			got, id, err := unwrap(data, s.paper)
			want, wantID, wantErr := byLibrary(data, s.paper)
			if (err == nil) != (wantErr == nil) || id != wantID {
				t.Fatalf("%s of key %d, %v; the library: %d, %v: %x", s.paper, id, err, wantID, wantErr, data)
			}
			if err == nil && (!bytes.Equal(got.Payload, want.Payload) || !bytes.Equal(got.Signature, want.Signature)) {
				t.Fatalf("%s: other parts than the library's: %x", s.paper, data)
			}
		}
	})
}
