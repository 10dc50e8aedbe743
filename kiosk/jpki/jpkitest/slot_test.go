package jpkitest_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"syscall"
	"testing"
	"time"

	"pointkiosk/kiosk/jpki/jpkitest"
)

// A reader is vpcd's side of the line.
type reader struct {
	t        *testing.T
	listener net.Listener
	conn     net.Conn
}

func newReader(t *testing.T) *reader {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return &reader{t: t, listener: l}
}

func (r *reader) accept() {
	r.t.Helper()
	conn, err := r.listener.Accept()
	if err != nil {
		r.t.Fatal(err)
	}
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	r.t.Cleanup(func() { _ = conn.Close() })
	r.conn = conn
}

func (r *reader) send(body []byte) {
	r.t.Helper()
	if _, err := r.conn.Write(append([]byte{byte(len(body) >> 8), byte(len(body))}, body...)); err != nil {
		r.t.Fatal(err)
	}
}

func (r *reader) receive() ([]byte, error) {
	head := make([]byte, 2)
	if _, err := io.ReadFull(r.conn, head); err != nil {
		return nil, err
	}
	body := make([]byte, int(head[0])<<8|int(head[1]))
	n, err := io.ReadFull(r.conn, body)
	return body[:n], err
}

func run(t *testing.T, r *reader) *jpkitest.Slot {
	slot := jpkitest.NewSlot()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- slot.Run(ctx, r.listener.Addr().String()) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return slot
}

// What vpcd says and hears while a card lies there, is taken away, comes back,
// and is pulled away in the middle of a command.
func TestSlot(t *testing.T) {
	apdu, err := hex.DecodeString(selectApplet)
	if err != nil {
		t.Fatal(err)
	}
	r := newReader(t)
	slot, card := run(t, r), deal(t, "p256")
	slot.Insert(card)
	r.accept()
	r.send([]byte{4})
	if atr, err := r.receive(); err != nil || !bytes.Equal(atr, card.ATR()) {
		t.Errorf("ATR % X, %v", atr, err)
	}
	r.send([]byte{1})
	r.send(apdu)
	if answer, err := r.receive(); err != nil || !bytes.Equal(answer, []byte{0x90, 0x00}) {
		t.Errorf("% X, %v", answer, err)
	}
	slot.Remove()
	if _, err := r.receive(); !errors.Is(err, io.EOF) {
		t.Errorf("taken away: %v", err)
	}
	slot.Insert(card)
	r.accept()
	_ = r.conn.Close() // pcscd dies under it
	r.accept()

	slot.Insert(deal(t, "pulled@1"))
	r.accept()
	r.send([]byte{1})
	r.send(apdu)
	if answer, err := r.receive(); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("pulled away in a command: % X, %v", answer, err)
	}

	slot.Insert(deal(t, "mute@1"))
	r.accept()
	r.send([]byte{1})
	r.send(apdu)
	time.AfterFunc(100*time.Millisecond, slot.Pull)
	if answer, err := r.receive(); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("a mute card pulled away: % X, %v", answer, err)
	}
	slot.Pull() // where nothing lies
}

// A slot ends with its context, whatever lies there and whoever listens.
func TestSlotEnds(t *testing.T) {
	slot := jpkitest.NewSlot()
	slot.Insert(deal(t, "p256"))
	ctx, stop := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer stop()
	if err := slot.Run(ctx, "127.0.0.1:1"); err != nil {
		t.Error(err)
	}
}
