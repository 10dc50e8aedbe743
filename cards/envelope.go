package cards

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/fxamacker/cbor/v2"
	"github.com/veraison/go-cose"
)

// A Paper is the content type of a signed paper. It stands in the protected
// header, so that none can be taken for another.
type Paper string

// The papers that kiosk and hub exchange.
const (
	PaperTrustList Paper = "application/vnd.pointkiosk.trust-list+cbor"
	PaperAllotment Paper = "application/vnd.pointkiosk.allotment+cbor"
	PaperEntry     Paper = "application/vnd.pointkiosk.entry+cbor"
	PaperUpload    Paper = "application/vnd.pointkiosk.upload+cbor"
	PaperReceipt   Paper = "application/vnd.pointkiosk.receipt+cbor"
	PaperEnrolment Paper = "application/vnd.pointkiosk.enrolment+cbor"
	PaperWelcome   Paper = "application/vnd.pointkiosk.welcome+cbor"
	PaperAsk       Paper = "application/vnd.pointkiosk.ask+cbor"
	PaperOffer     Paper = "application/vnd.pointkiosk.offer+cbor"
	PaperApply     Paper = "application/vnd.pointkiosk.apply+cbor"
	PaperAnswer    Paper = "application/vnd.pointkiosk.answer+cbor"
	PaperLeaseAsk  Paper = "application/vnd.pointkiosk.lease-ask+cbor"
	PaperLease     Paper = "application/vnd.pointkiosk.lease+cbor"
	PaperDeposit   Paper = "application/vnd.pointkiosk.deposit+cbor"
	PaperSignIn    Paper = "application/vnd.pointkiosk.sign-in+cbor"
	PaperPut       Paper = "application/vnd.pointkiosk.put+cbor"
	PaperPutAnswer Paper = "application/vnd.pointkiosk.put-answer+cbor"
	PaperLook      Paper = "application/vnd.pointkiosk.look+cbor"
	PaperLooked    Paper = "application/vnd.pointkiosk.looked+cbor"

	PaperTicketAsk    Paper = "application/vnd.pointkiosk.ticket-ask+cbor"
	PaperTicketAnswer Paper = "application/vnd.pointkiosk.ticket-answer+cbor"
	PaperPrizeLook    Paper = "application/vnd.pointkiosk.prize-look+cbor"
	PaperPrizeOffer   Paper = "application/vnd.pointkiosk.prize-offer+cbor"
	PaperPrizeTake    Paper = "application/vnd.pointkiosk.prize-take+cbor"
	PaperPrizeAnswer  Paper = "application/vnd.pointkiosk.prize-answer+cbor"
)

// A SigningKey is a private key with the id that the hub gave it.
type SigningKey struct {
	ID      KeyID
	Private ed25519.PrivateKey
}

// String names the key and shows nothing of it.
func (k SigningKey) String() string { return fmt.Sprintf("key %d", k.ID) }

// GoString is String: %#v shows no secret either.
func (k SigningKey) GoString() string { return k.String() }

// Format is String under every verb: %d would not ask it.
func (k SigningKey) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, k.String()) }

// MarshalText is String, so that no JSON and no log holds the secret.
func (k SigningKey) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// Public returns the public half.
func (k SigningKey) Public() ed25519.PublicKey { return k.Private.Public().(ed25519.PublicKey) }

// Errors of signed papers.
var (
	ErrUnknownKey = errors.New("cards: unknown key")
	ErrSignature  = errors.New("cards: bad signature")
	ErrPaper      = errors.New("cards: not the paper that was asked for")
)

// Seal returns v as a tagged COSE_Sign1 (RFC 9052, section 4.2) with EdDSA over
// deterministic CBOR (RFC 8949, section 4.2.1).
func Seal(key SigningKey, paper Paper, v any) ([]byte, error) {
	payload, err := Encode(v)
	if err != nil {
		return nil, err
	}
	signer, err := cose.NewSigner(cose.AlgorithmEdDSA, key.Private)
	if err != nil {
		return nil, fmt.Errorf("cards: seal %s: %w", paper, err)
	}
	m := cose.Sign1Message{Payload: payload, Headers: cose.Headers{Protected: cose.ProtectedHeader{
		cose.HeaderLabelAlgorithm:   cose.AlgorithmEdDSA,
		cose.HeaderLabelContentType: string(paper),
		cose.HeaderLabelKeyID:       binary.BigEndian.AppendUint32(nil, uint32(key.ID)),
	}}}
	if err := m.Sign(nil, nil, signer); err != nil {
		return nil, fmt.Errorf("cards: seal %s: %w", paper, err)
	}
	return m.MarshalCBOR()
}

// Open checks that data is this paper, signed by the key that it names, and
// decodes it into v. The keys function returns nil for a key it does not know.
func Open(data []byte, paper Paper, keys func(KeyID) ed25519.PublicKey, v any) (KeyID, error) {
	m, id, err := unwrap(data, paper)
	if err != nil {
		return 0, err
	}
	public := keys(id)
	if len(public) != ed25519.PublicKeySize { // another length would panic
		return id, fmt.Errorf("%w: %d", ErrUnknownKey, id)
	}
	verifier, err := cose.NewVerifier(cose.AlgorithmEdDSA, public)
	if err != nil {
		return id, fmt.Errorf("cards: open %s: %w", paper, err)
	}
	if err := m.Verify(nil, verifier); err != nil {
		return id, ErrSignature
	}
	return id, Decode(m.Payload, v)
}

// Signer returns the key id that a paper names, unchecked: to find the key.
func Signer(data []byte, paper Paper) (KeyID, error) {
	_, id, err := unwrap(data, paper)
	return id, err
}

// unwrap reads the envelope and accepts one form only: what [Seal] writes. All
// of it but the payload has one length for each kind of paper, so that the form
// is compared byte for byte and nothing needs to be encoded again.
func unwrap(data []byte, paper Paper) (*cose.Sign1Message, KeyID, error) {
	rest, ok := bytes.CutPrefix(data, envelopeHead(paper))
	const tail = 2 + ed25519.SignatureSize
	if !ok || len(rest) < 4+1+1+tail || rest[4] != 0xA0 { // no unprotected header
		return nil, 0, ErrPaper
	}
	id := KeyID(binary.BigEndian.Uint32(rest))
	protected := data[2 : len(data)-len(rest)+4]
	payload, ok := byteString(rest[5 : len(rest)-tail])
	signature, signed := byteString(rest[len(rest)-tail:])
	if !ok || !signed {
		return nil, 0, ErrPaper
	}
	return &cose.Sign1Message{
		Headers: cose.Headers{RawProtected: protected, Protected: cose.ProtectedHeader{cose.HeaderLabelAlgorithm: cose.AlgorithmEdDSA}},
		Payload: payload, Signature: signature,
	}, id, nil
}

// envelopeHead is what stands before the key id in every paper of a kind: tag
// and array (RFC 9052, section 4.2), and of the protected header algorithm,
// content type and the key id's label (section 3.1), in the order of
// deterministic CBOR.
func envelopeHead(paper Paper) []byte {
	header := slices.Concat([]byte{0xA3, 0x01, 0x27, 0x03}, cborHead(3, len(paper)), []byte(paper), []byte{0x04, 0x44})
	return slices.Concat([]byte{0xD2, 0x84}, cborHead(2, len(header)+4), header)
}

// byteString returns the content of a CBOR byte string that takes up the whole
// of b, its length written as short as it can be.
func byteString(b []byte) (content []byte, ok bool) {
	for _, size := range []int{1, 2, 3, 5} {
		if n := len(b) - size; n >= 0 && bytes.HasPrefix(b, cborHead(2, n)) && len(cborHead(2, n)) == size {
			return b[size:], true
		}
	}
	return nil, false
}

// cborHead returns the head of an item of a major type (RFC 8949, section 3).
func cborHead(major byte, n int) []byte {
	major <<= 5
	switch {
	case n < 24:
		return []byte{major | byte(n)}
	case n <= math.MaxUint8:
		return []byte{major | 24, byte(n)}
	case n <= math.MaxUint16:
		return binary.BigEndian.AppendUint16([]byte{major | 25}, uint16(n))
	}
	return binary.BigEndian.AppendUint32([]byte{major | 26}, uint32(n))
}

// Encode returns v as deterministic CBOR. An empty list is an empty list, nil
// or not: null stands nowhere.
func Encode(v any) ([]byte, error) {
	opts := cbor.CoreDetEncOptions()
	opts.NilContainers = cbor.NilContainerAsEmpty
	mode, err := opts.EncMode()
	if err != nil {
		return nil, fmt.Errorf("cards: encode: %w", err)
	}
	data, err := mode.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("cards: encode: %w", err)
	}
	return data, nil
}

// Decode reads deterministic CBOR: an unknown field, a doubled key or another
// encoding of the same value is refused, so that one value has one form.
func Decode(data []byte, v any) error {
	mode, err := cbor.DecOptions{
		DupMapKey:         cbor.DupMapKeyEnforcedAPF,
		IndefLength:       cbor.IndefLengthForbidden,
		TagsMd:            cbor.TagsForbidden,
		ExtraReturnErrors: cbor.ExtraDecErrorUnknownField,
		MaxArrayElements:  1 << 16,
	}.DecMode()
	if err != nil {
		return fmt.Errorf("cards: decode: %w", err)
	}
	if err := mode.Unmarshal(data, v); err != nil {
		return fmt.Errorf("%w: %w", ErrPaper, err)
	}
	if again, err := Encode(v); err != nil || !bytes.Equal(again, data) {
		return fmt.Errorf("%w: not deterministic", ErrPaper)
	}
	return nil
}

// Unsealed reads a paper of which the signature was checked before it was
// stored. It checks everything but the signature.
func Unsealed(data []byte, paper Paper, v any) error {
	m, _, err := unwrap(data, paper)
	if err != nil {
		return err
	}
	return Decode(m.Payload, v)
}
