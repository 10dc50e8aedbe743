package jpki_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"pointkiosk/kiosk/jpki"
)

// A script is a card that answers what it was told, whatever it is asked, and
// then "" for ever.
type script struct {
	answers []string
	kept    [][]byte // what Transmit was given, itself
	sent    []string
}

var errReader = errors.New("reader: 00 20 00 80 04 31 32 33 34") // a reader that quotes

func (s *script) Transmit(apdu []byte) ([]byte, error) {
	s.kept, s.sent = append(s.kept, apdu), append(s.sent, fmt.Sprintf("% X", apdu))
	if len(s.answers) == 0 {
		return nil, nil
	}
	answer := s.answers[0]
	s.answers = s.answers[1:]
	if answer == "error" {
		return nil, errReader
	}
	return []byte(answer), nil
}

const (
	done  = "\x90\x00"
	label = "JPKIAPICCTOKEN2                 \x90\x00"
)

func opened(t *testing.T, answers ...string) (*jpki.Token, *script) {
	t.Helper()
	s := &script{answers: append([]string{done, done, label}, answers...)}
	token, err := jpki.Open(s, &jpki.Opts{})
	if err != nil {
		t.Fatal(err)
	}
	return token, s
}

func TestOpenStatus(t *testing.T) {
	for _, tt := range []struct {
		name    string
		answers []string
		want    error
		sent    int
	}{
		{"no such applet", []string{"\x6A\x82"}, jpki.ErrOtherCard, 1},
		{"no such command", []string{"\x6D\x00"}, jpki.ErrOtherCard, 1},
		{"no such class", []string{"\x6E\x00"}, jpki.ErrOtherCard, 1},
		{"cold, then no such applet", []string{"\x6F\x00", "\x6A\x82"}, jpki.ErrOtherCard, 2},
		{"ill", []string{"\x6F\x00", "\x6F\x00"}, &jpki.StatusError{Step: jpki.SelectApplet, SW: 0x6F00}, 2},
		{"no answer", nil, &jpki.LostError{Step: jpki.SelectApplet}, 1},
		{"half a status word", []string{"\x90"}, &jpki.LostError{Step: jpki.SelectApplet}, 1},
		{"reader's error", []string{"error"}, &jpki.LostError{Step: jpki.SelectApplet, Err: errReader}, 1},
		{"no label's file", []string{done, "\x6A\x82"}, &jpki.StatusError{Step: jpki.SelectLabel, SW: 0x6A82}, 2},
		{"label in three parts", []string{done, done, "JPKIAP" + done, "ICCTOKEN2 " + done, strings.Repeat(" ", 16) + done}, nil, 5},
		{"label of nobody's", []string{done, done, strings.Repeat("X", 32) + done}, jpki.ErrOtherCard, 3},
		{"label too long", []string{done, done, strings.Repeat("X", 33) + done}, &jpki.AnswerError{Step: jpki.ReadLabel}, 3},
		{"label of nothing", []string{done, done, done}, &jpki.AnswerError{Step: jpki.ReadLabel}, 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &script{answers: tt.answers}
			_, err := jpki.Open(s, &jpki.Opts{})
			if !reflect.DeepEqual(err, tt.want) || len(s.sent) != tt.sent {
				t.Errorf("%v after %d commands, want %v after %d", err, len(s.sent), tt.want, tt.sent)
			}
		})
	}
}

func TestTriesStatus(t *testing.T) {
	for _, tt := range []struct {
		answer string
		left   int
		want   error
	}{
		{"\x63\xC3", 3, nil},
		{"\x63\xC1", 1, nil},
		{"\x63\xC0", 0, nil},
		{"\x69\x83", 0, nil},
		{"\x69\x84", 0, nil},
		{done, 0, jpki.ErrVerified},
		{"\x63\x00", 0, &jpki.StatusError{Step: jpki.AskTries, SW: 0x6300}},
		{"\x61\x02", 0, &jpki.StatusError{Step: jpki.AskTries, SW: 0x6102}},
		{"", 0, &jpki.LostError{Step: jpki.AskTries}},
	} {
		token, s := opened(t, done, tt.answer)
		left, err := token.Tries()
		if left != tt.left || !reflect.DeepEqual(err, tt.want) || s.sent[4] != "00 20 00 80" || len(s.sent) != 5 {
			t.Errorf("% X: %d, %v, %v", tt.answer, left, err, s.sent)
		}
	}
}

func TestVerifyStatus(t *testing.T) {
	for _, tt := range []struct {
		answer string
		want   error
		locked bool
	}{
		{done, nil, false},
		{"\x63\xC2", &jpki.PINError{Left: 2}, false},
		{"\x63\xC0", &jpki.PINError{Left: 0}, true},
		{"\x69\x83", jpki.ErrLocked, true},
		{"\x69\x84", jpki.ErrLocked, true},
		{"\x63\x00", &jpki.StatusError{Step: jpki.VerifyPIN, SW: 0x6300}, false},
		{"\x61\x10", &jpki.StatusError{Step: jpki.VerifyPIN, SW: 0x6110}, false},
		{"\x6C\x04", &jpki.StatusError{Step: jpki.VerifyPIN, SW: 0x6C04}, false},
		{"\x6F\x00", &jpki.StatusError{Step: jpki.VerifyPIN, SW: 0x6F00}, false},
		{"", &jpki.LostError{Step: jpki.VerifyPIN}, false},
		{"error", &jpki.LostError{Step: jpki.VerifyPIN, Err: errReader}, false},
	} {
		token, s := opened(t, done, tt.answer, done, done)
		p := pin(t, "1234")
		err := token.Verify(p)
		if !reflect.DeepEqual(err, tt.want) || errors.Is(err, jpki.ErrLocked) != tt.locked {
			t.Errorf("% X: %v, want %v", tt.answer, err, tt.want)
		}
		if len(s.sent) != 5 || s.sent[4] != "00 20 00 80 04 31 32 33 34" {
			t.Errorf("% X: sent %v", tt.answer, s.sent)
		}
		if bytes.ContainsAny(s.kept[4], "1234") {
			t.Errorf("% X: the command keeps its PIN", tt.answer)
		}
		if err := token.Verify(p); !errors.Is(err, jpki.ErrPIN) || len(s.sent) != 5 {
			t.Errorf("% X: a PIN was used twice: %v", tt.answer, err)
		}
		if err != nil && strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err.Error()), "31 32") {
			t.Errorf("%v quotes the reader", err)
		}
	}
}

// After a VERIFY of which nobody knows the outcome, another waits for Tries.
func TestDoubt(t *testing.T) {
	for _, answer := range []string{"", "error", "\x6F\x00", "\x63\x00"} {
		token, s := opened(t, done, answer, done, "\x63\xC1", done, done)
		first := token.Verify(pin(t, "1234"))
		if err := token.Verify(pin(t, "1234")); err != first || len(s.sent) != 5 {
			t.Errorf("% X: a second VERIFY: %v", answer, err)
		}
		if left, err := token.Tries(); left != 1 || err != nil {
			t.Errorf("% X: %d, %v", answer, left, err)
		}
		if err := token.Verify(pin(t, "1234")); err != nil {
			t.Errorf("% X: %v after Tries", answer, err)
		}
	}
}

func TestNewPIN(t *testing.T) {
	for _, typed := range []string{"", "123", "12345", "１２３４", "12３", "12a4", "12 4", "\x00\x00\x00\x00", "٣٤"} {
		b := []byte(typed)
		if p, err := jpki.NewPIN(b); !errors.Is(err, jpki.ErrPIN) || p != (jpki.PIN{}) {
			t.Errorf("%q is a PIN", typed)
		}
		if len(bytes.Trim(b, "\x00")) > 0 {
			t.Errorf("%q stays where it was typed", typed)
		}
	}
	token, s := opened(t)
	if err := token.Verify(jpki.PIN{}); !errors.Is(err, jpki.ErrPIN) || len(s.sent) != 3 {
		t.Errorf("no PIN: %v", err)
	}
}

// A PIN prints as ****, wherever it is put.
func TestPINHides(t *testing.T) {
	typed := []byte("7294")
	p, err := jpki.NewPIN(typed)
	if err != nil || typed[0] != 0 {
		t.Fatalf("%v, typed %q", err, typed)
	}
	type event struct {
		PIN    jpki.PIN
		hidden jpki.PIN
		ref    *jpki.PIN
	}
	e := event{p, p, &p}
	var b bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%c"} {
		fmt.Fprintf(&b, verb+verb+verb+verb, p, &p, e, &e)
	}
	slog.New(slog.NewJSONHandler(&b, nil)).Info("typed", "pin", p, "event", e)
	slog.New(slog.NewTextHandler(&b, nil)).Info("typed", "pin", &p, "event", e)
	text, err := json.Marshal(e)
	b.Write(text)
	if err != nil || strings.Contains(b.String(), "7294") || strings.Contains(b.String(), "37 32") || strings.Contains(b.String(), "55 50 57 52") || strings.Contains(b.String(), "37323934") {
		t.Errorf("%v\n%s", err, b.String())
	}
	p.Wipe()
	token, s := opened(t)
	if err := token.Verify(e.PIN); !errors.Is(err, jpki.ErrPIN) || len(s.sent) != 3 {
		t.Errorf("a copy of a wiped PIN: %v", err)
	}
}

func TestSignRefusals(t *testing.T) {
	token, s := opened(t)
	if sig, err := token.Sign(application); sig != nil || err == nil || len(s.sent) != 4 {
		t.Errorf("%v after %d commands", err, len(s.sent))
	}
	wrong := application
	wrong.Challenge = nil
	if _, err := token.Sign(wrong); err == nil || len(s.sent) != 4 {
		t.Errorf("no application: %v after %d commands", err, len(s.sent))
	}
	card := deal(t, "good")
	token, err := jpki.Open(card, &jpki.Opts{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := token.Sign(application); !errors.Is(err, jpki.ErrNotVerified) {
		t.Errorf("without PIN: %v", err)
	}
}

// A PIN of somebody's that still counts is told apart from any number of tries.
func TestStillVerified(t *testing.T) {
	card := deal(t, "told")
	for _, want := range []error{nil, jpki.ErrVerified} {
		token, err := jpki.Open(card, &jpki.Opts{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := token.Tries(); !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
		if want == nil {
			err = token.Verify(pin(t, "1234"))
		}
		if err != nil {
			t.Error(err)
		}
		card.Reset() // a reset doesn't end it
	}
	card.PowerDown()
	card.PowerUp()
	token, err := jpki.Open(card, &jpki.Opts{})
	if err != nil {
		t.Fatal(err)
	}
	if left, err := token.Tries(); left != 3 || err != nil {
		t.Errorf("after loss of power: %d, %v", left, err)
	}
}

func TestCertificateHides(t *testing.T) {
	c := jpki.Certificate{DER: []byte("name")}
	var b bytes.Buffer
	slog.New(slog.NewTextHandler(&b, nil)).Info("read", "certificate", &c)
	slog.New(slog.NewJSONHandler(&b, nil)).Info("read", "certificate", c)
	if fmt.Fprintf(&b, "%v %+v %#v %x", c, &c, c, c); strings.Contains(b.String(), "name") || strings.Contains(b.String(), "bmFt") || strings.Contains(b.String(), "6e61") {
		t.Error(b.String())
	}
}
