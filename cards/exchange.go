package cards

// A Record is a sealed entry with the number it claims, so that even one that
// can't be read has a place.
type Record struct {
	Seq  uint64 `cbor:"1,keyasint"`
	Data []byte `cbor:"2,keyasint"`
}

// MaxHeld is how many allotments an upload names at most: those whose day comes
// next. Where it names so many, the hub sends none that comes after all of them.
const MaxHeld = 500

// An Upload carries entries to the hub, by network or on a stick. The kiosk's
// key seals it. Without records it asks for news.
//
// Who packs it looks at the newest receipt first, and then at the journal's
// end: so an upload of a journal that is whole has a Top of at least Seen, and
// all that the journal wrote before Heard stands in it up to Top.
type Upload struct {
	Records []Record `cbor:"1,keyasint"`
	Trust   uint32   `cbor:"2,keyasint"`  // version of the trust list held
	Held    []uint32 `cbor:"3,keyasint"`  // allotments held
	Asked   []Serial `cbor:"4,keyasint"`  // cards whose void was asked for and not answered
	At      int64    `cbor:"5,keyasint"`  // the kiosk's clock, Unix milliseconds
	Nonce   []byte   `cbor:"6,keyasint"`  // 16 random bytes: no two uploads are alike
	Top     uint64   `cbor:"7,keyasint"`  // the journal's newest entry
	Head    []byte   `cbor:"8,keyasint"`  // its hash
	Seen    uint64   `cbor:"9,keyasint"`  // the cursor of the newest receipt taken; 0 before the first
	Heard   int64    `cbor:"10,keyasint"` // when the hub gave it, by its clock
}

// A Verdict is what the hub says of one entry.
type Verdict string

// The verdicts. The hub keeps the bytes in each case.
const (
	Accepted  Verdict = "accepted"
	Duplicate Verdict = "duplicate"
	Conflict  Verdict = "conflict" // another entry stands under this number: a cloned disk
	Disputed  Verdict = "disputed" // authentic or not, it makes no card good until a person decides
)

// A Judgement is the verdict on one record.
type Judgement struct {
	Seq     uint64  `cbor:"1,keyasint"`
	Hash    []byte  `cbor:"2,keyasint"` // SHA-256 of the record's data
	Verdict Verdict `cbor:"3,keyasint"`
	Reason  string  `cbor:"4,keyasint,omitempty"`
}

// An Outcome ends a void that was asked for: void, or honoured.
type Outcome struct {
	Allotment uint32 `cbor:"1,keyasint"`
	Number    uint32 `cbor:"2,keyasint"`
	State     State  `cbor:"3,keyasint"`
}

// A Receipt is the hub's signed answer to one upload. Only it moves the cursor
// or sets an entry aside; an HTTP status never does.
type Receipt struct {
	Request    []byte      `cbor:"1,keyasint"` // SHA-256 of the sealed upload
	Key        KeyID       `cbor:"2,keyasint"` // the kiosk's
	Cursor     uint64      `cbor:"3,keyasint"` // every entry up to here is kept
	Head       []byte      `cbor:"4,keyasint"` // hash of the entry at the cursor
	BackedUp   uint64      `cbor:"5,keyasint"` // every entry up to here is in a backup; 0 so far, and no journal deletes an entry
	Judgements []Judgement `cbor:"6,keyasint"`
	Outcomes   []Outcome   `cbor:"7,keyasint"`
	At         int64       `cbor:"8,keyasint"`           // the hub's clock, Unix milliseconds
	Trust      []byte      `cbor:"9,keyasint,omitempty"` // a newer trust list, sealed
	Allotments [][]byte    `cbor:"10,keyasint"`          // those the kiosk does not hold, sealed
	Stop       string      `cbor:"11,keyasint"`          // why the kiosk must not issue; empty when it may

	Ranges  []Range  `cbor:"12,keyasint,omitempty"` // all that the kiosk may activate of batches that others hold
	Batches [][]byte `cbor:"13,keyasint,omitempty"` // their allotments that the kiosk does not hold, sealed; it issues nothing from them
}

// A Range is the numbers of an allotment from one to another.
type Range struct {
	Allotment uint32 `cbor:"1,keyasint"`
	First     uint32 `cbor:"2,keyasint"`
	Last      uint32 `cbor:"3,keyasint"`
}

// Count is how many cards there are in it.
func (r Range) Count() int { return int(r.Last-r.First) + 1 }

// Holds reports whether all cards of another range are of this one.
func (r Range) Holds(part Range) bool {
	return part.Allotment == r.Allotment && r.First <= part.First && part.First <= part.Last && part.Last <= r.Last
}

// An Enrolment asks the hub to know a kiosk. Its live key seals it, which
// proves that the kiosk holds it.
type Enrolment struct {
	Secret   []byte `cbor:"1,keyasint"` // the one-time secret of the enrolment code
	Live     []byte `cbor:"2,keyasint"` // public keys, Ed25519
	Practice []byte `cbor:"3,keyasint"`
	Proof    []byte `cbor:"4,keyasint"` // the practice key's signature over the live public key
}

// A Welcome is the hub's answer to an enrolment, sealed by the trust key whose
// fingerprint the enrolment code carries.
type Welcome struct {
	Kiosk    string `cbor:"1,keyasint"`
	Live     KeyID  `cbor:"2,keyasint"`
	Practice KeyID  `cbor:"3,keyasint"`
	Trust    []byte `cbor:"4,keyasint"` // the sealed trust list
	TrustKey []byte `cbor:"5,keyasint"` // the public trust key; its SHA-256 is the pinned fingerprint
}
