package hub

import (
	"fmt"
	"testing"
	"time"

	"pointkiosk/hub/api"
	"pointkiosk/hub/ledger"
)

// A compromised key that has sent enough is told so, and until when.
func TestLateProblem(t *testing.T) {
	p, wait := problem(fmt.Errorf("upload: %w", &ledger.LateError{Wait: 7 * time.Hour}))
	if p.Status != 429 || p.Type != api.ProblemLate || wait != 7*time.Hour {
		t.Errorf("%+v, wait %v", p, wait)
	}
}

// A hub that was put back redeems nothing for now: come again.
func TestClosedProblem(t *testing.T) {
	p, wait := problem(fmt.Errorf("claim: %w", ledger.ErrClosed))
	if p.Status != 503 || p.Type != api.ProblemClosed || wait != retryClosed {
		t.Errorf("%+v, wait %v", p, wait)
	}
}
