package press

import (
	"sync"
	"time"
)

// Seldom passes on how far the files are, so often and at the end, and never less than
// before. Several goroutines may call it.
func Seldom(every time.Duration, tell func(done, all int)) func(done, all int) {
	var mu sync.Mutex
	var told time.Time
	most := 0
	return func(done, all int) {
		mu.Lock()
		defer mu.Unlock()
		most = max(most, done)
		if now := time.Now(); done == all || now.Sub(told) >= every {
			told = now
			tell(most, all)
		}
	}
}
