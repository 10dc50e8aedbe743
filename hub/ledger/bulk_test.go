package ledger

import (
	"errors"
	"testing"
)

// Rows kept back are all there, in order, once the transaction has ended; those
// of an attempt that failed are not.
func TestBulk(t *testing.T) {
	for _, rows := range []int{0, 1, 9, 10, 11, 37} {
		l := newLine(t)
		if _, err := l.writer.Exec(`CREATE TABLE posting (transfer BIGINT NOT NULL, account TEXT NOT NULL, amount BIGINT NOT NULL)`); err != nil {
			t.Fatal(err)
		}
		errNo, seen := errors.New("no"), 0
		err := l.update(t.Context(), func(x *txn) error {
			for n := range rows {
				x.add(tablePosting, n, "a", n)
			}
			if _, err := x.one(`SELECT COUNT(*) FROM posting`, nil, &seen); err != nil {
				return err
			}
			if err := x.attempt(func() error { x.add(tablePosting, 1000, "b", 0); return errNo }); !errors.Is(err, errNo) {
				t.Errorf("%v", err)
			}
			x.add(tablePosting, rows, "a", rows)
			return nil
		})
		if err != nil || seen != rows {
			t.Fatalf("%d rows: %d seen, %v", rows, seen, err)
		}
		var count, sum int
		if err := l.writer.QueryRow(`SELECT COUNT(*), SUM(amount) FROM posting WHERE rowid = transfer + 1 AND amount = transfer`).Scan(&count, &sum); err != nil || count != rows+1 || sum != rows*(rows+1)/2 {
			t.Errorf("%d rows: %d in order, sum %d, %v", rows, count, sum, err)
		}
	}
}
