package kiosk

import (
	"context"
	"testing"
	"testing/synctest"

	"pointkiosk/kiosk/wizard"
)

// An answer for someone who has left moves nobody else.
func TestLateAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		events := make(chan Event)
		answer := make(chan Event)
		var last State
		done := make(chan struct{})
		go func() {
			defer close(done)
			Run(ctx, First(Look{}, testSite(), DeskIdle), events,
				func(context.Context, Effect) Event { return <-answer },
				func(s State) { last = s })
		}()
		for _, e := range toDoor {
			events <- e
		}
		events <- TapBack{} // home, before the door has answered
		answer <- DoorOpened{"sato"}
		synctest.Wait()
		events <- TapStaff{}
		synctest.Wait()
		if last.Step != Door || last.Desk.Operator != "" {
			t.Errorf("step %d, operator %q: the answer of an earlier visit counted", last.Step, last.Desk.Operator)
		}
		cancel()
		<-done
	})
}

// Run does not end while an effect is under way: a card would be left between
// paper and journal.
func TestRunWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		events := make(chan Event)
		begun, finish := make(chan struct{}), make(chan struct{})
		finished := false
		done := make(chan struct{})
		go func() {
			defer close(done)
			Run(ctx, First(Look{}, testSite(), DeskIdle), events, func(context.Context, Effect) Event {
				close(begun)
				<-finish
				finished = true
				return nil
			}, func(State) {})
		}()
		for _, e := range toDoor {
			events <- e
		}
		<-begun
		cancel()
		synctest.Wait()
		close(finish)
		<-done
		if !finished {
			t.Error("Run ended before the effect did")
		}
	})
}

// An effect without an answer is no touch: it keeps nobody signed in.
func TestNoAnswerIsNoTouch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		events, answer := make(chan Event), make(chan Event)
		var last State
		done := make(chan struct{})
		go func() {
			defer close(done)
			Run(ctx, counter(), events, func(_ context.Context, e Effect) Event {
				if _, off := e.(wizard.PowerDown); off {
					return nil
				}
				return <-answer
			}, func(s State) { last = s })
		}()
		for _, e := range []Event{TapMyKey{}, wizard.TapNext{}, wizard.CardIn{}, at(59)} {
			events <- e
		}
		answer <- nil
		synctest.Wait()
		events <- at(60)
		synctest.Wait()
		if last.MyKey.Step != wizard.Take {
			t.Errorf("screen %d, step %d", last.Step, last.MyKey.Step)
		}
		cancel()
		<-done
	})
}
