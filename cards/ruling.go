package cards

// A Ruling is what the hub says of an application, in one word. Each has a
// text of its own on the screen.
type Ruling string

// The rulings.
const (
	RulingOK           Ruling = "ok"
	RulingTaken        Ruling = "taken"            // the MyKey ID has, or had, a holder, or waits for one
	RulingOffensive    Ruling = "offensive"        // nobody gets this MyKey ID
	RulingMalformed    Ruling = "malformed"        // no MyKey ID, or an application that is not what was offered
	RulingUnknownCA    Ruling = "unknown-ca"       // no CA that this hub knows issued the certificate
	RulingExpired      Ruling = "expired"          // the certificate, by the hub's clock
	RulingNotYet       Ruling = "not-yet-valid"    // the certificate, by the hub's clock
	RulingRevoked      Ruling = "revoked"          // the certificate
	RulingWeak         Ruling = "weak-certificate" // its usage, policy or key isn't that of user authentication
	RulingSignature    Ruling = "bad-signature"
	RulingOtherID      Ruling = "other-id"       // the card signed another MyKey ID than the one that was sent
	RulingUsed         Ruling = "challenge-used" // by another application
	RulingLate         Ruling = "challenge-late" // over, or never given to this kiosk for this purpose
	RulingHasID        Ruling = "has-id"         // this certificate has an account; the answer tells its MyKey ID
	RulingNoID         Ruling = "no-id"          // this certificate has no account
	RulingReplaced     Ruling = "replaced"       // another certificate took this one's place
	RulingPassword     Ruling = "weak-password"  // or one that is too short or too long; the challenge is still good
	RulingWrong        Ruling = "wrong-password" // and staff allowed no other way
	RulingKioskUnknown Ruling = "kiosk-unknown"
	RulingBusy         Ruling = "busy" // again after Answer.Wait
)

// Rulings lists them all.
func Rulings() []Ruling {
	return []Ruling{RulingOK, RulingTaken, RulingOffensive, RulingMalformed, RulingUnknownCA, RulingExpired, RulingNotYet, RulingRevoked, RulingWeak,
		RulingSignature, RulingOtherID, RulingUsed, RulingLate, RulingHasID, RulingNoID, RulingReplaced, RulingPassword, RulingWrong, RulingKioskUnknown, RulingBusy}
}

// A Standing is what is known of a certificate's revocation: what nobody could look up is
// never called valid.
type Standing string

// The standings of a certificate.
const (
	StandingGood       Standing = "good"        // the CA said so
	StandingNotChecked Standing = "not checked" // there was nobody to ask, or no answer
	StandingRevoked    Standing = "revoked"
)
