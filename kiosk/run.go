package kiosk

import "context"

type result struct {
	event Event
	visit int
}

// Run turns events into states until ctx ends. The function do performs an
// effect and returns its event; show draws a state. An effect that has begun
// is waited for, so that a card is never left between paper and journal.
func Run(ctx context.Context, s State, events <-chan Event, do func(context.Context, Effect) Event, show func(State)) {
	results := make(chan result)
	busy := 0
	for show(s); ; show(s) {
		var effect Effect
		select {
		case <-ctx.Done():
			for ; busy > 0; busy-- {
				<-results
			}
			s.Account.Wipe()
			return
		case e := <-events:
			s, effect = s.Next(e)
		case r := <-results:
			busy--
			if r.visit == s.Visit { // an answer for someone who has left is dropped here, and only here
				s, effect = s.Next(r.event)
			}
		}
		if effect != nil {
			busy++
			go func(visit int) { results <- result{do(ctx, effect), visit} }(s.Visit)
		}
	}
}
