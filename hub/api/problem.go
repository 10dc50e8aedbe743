package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"pointkiosk/cards"
)

// The types of problems. Any other status has no type of its own.
const (
	ProblemEnrolment = "urn:pointkiosk:problem:enrolment" // the code is wrong, used or too old
	ProblemUpload    = "urn:pointkiosk:problem:upload"    // not an upload of a kiosk known here
	ProblemTooLarge  = "urn:pointkiosk:problem:too-large" // send fewer entries
	ProblemKiosk     = "urn:pointkiosk:problem:kiosk"     // not the paper of a kiosk whose key is good
	ProblemScheme    = "urn:pointkiosk:problem:scheme"    // no such scheme
	ProblemNoMyKey   = "urn:pointkiosk:problem:no-mykey"  // nobody can apply at this hub
	ProblemLate      = "urn:pointkiosk:problem:late"      // enough for today under a revoked key
	ProblemClosed    = "urn:pointkiosk:problem:closed"    // nothing is redeemed for now; Retry-After says when to ask again
	ProblemBusy      = "urn:pointkiosk:problem:busy"      // try again after Retry-After
)

// A Problem is an answer that is no paper: problem details (RFC 9457), or what
// a stranger in between said. It proves nothing and never sets an entry aside.
type Problem struct {
	Type   string `json:"type,omitempty"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
	wait   time.Duration
}

func (p *Problem) Error() string { return fmt.Sprintf("api: the hub says %d: %s", p.Status, p.Title) }

// RetryAfter is how long the hub asks to wait (RFC 9110, section 10.2.3), 0 if
// it does not say.
func (p *Problem) RetryAfter() time.Duration { return p.wait }

// Ruling is the word that a screen has for an answer to an application that is
// no paper: anything but an unknown kiosk may go away.
func (p *Problem) Ruling() cards.Ruling {
	if p.Type == ProblemKiosk {
		return cards.RulingKioskUnknown
	}
	return cards.RulingBusy
}

// TooLarge reports that fewer entries at once might do.
func (p *Problem) TooLarge() bool { return p.Status == http.StatusRequestEntityTooLarge }

// Write answers a request with a problem.
func (p Problem) Write(w http.ResponseWriter, wait time.Duration) {
	body, err := json.Marshal(p)
	if err != nil {
		body = []byte("{}")
	}
	if wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
	}
	w.Header().Set("Content-Type", TypeProblem)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	w.Write(body) //nolint:errcheck // nobody is left to be told
}
