package jpkitest_test

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pointkiosk/kiosk/jpki/jpkitest"
)

const (
	selectApplet = "00A4040C0AD392F000260100000001"
	selectPIN    = "00A4020C020018"
	selectKey    = "00A4020C020017"
	verifyRight  = "002000800431323334"
	verifyWrong  = "002000800430303030"
)

// give sends commands in hex and returns the last answer, data as its size.
func give(t *testing.T, card *jpkitest.Card, commands ...string) string {
	t.Helper()
	last := ""
	for _, c := range commands {
		apdu, err := hex.DecodeString(strings.ReplaceAll(c, " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := card.Transmit(apdu)
		if err != nil {
			return err.Error()
		}
		last = fmt.Sprintf("%X", answer)
		if n := len(answer) - 2; n > 4 {
			last = fmt.Sprintf("%d:%X", n, answer[n:])
		}
	}
	return last
}

// What a card answers to commands that are wrong, or come out of order, is what
// the real one answers.
func TestStatusWords(t *testing.T) {
	for _, tt := range []struct {
		name, card string
		commands   []string
		want       string
	}{
		{"nothing", "p256", []string{""}, "6700"},
		{"half a command", "p256", []string{"00A404"}, "6700"},
		{"length too long", "p256", []string{"00A4040C0BD392F000260100000001"}, "6700"},
		{"length too short", "p256", []string{"00A4040C08D392F000260100000001"}, "6700"},
		{"another channel", "p256", []string{"01A4040C0AD392F000260100000001"}, "6881"},
		{"secure messaging", "p256", []string{"0CA4040C0AD392F000260100000001"}, "6882"},
		{"another class", "p256", []string{"90600000"}, "6E00"},
		{"another instruction", "p256", []string{selectApplet, "00CA0000"}, "6D00"},
		{"no GET RESPONSE with T=1", "p256", []string{"00C0000010"}, "6D00"},
		{"no MF", "p256", []string{"00A40000"}, "6A86"},
		{"MF within an applet, for nothing", "p256", []string{selectApplet, "00A40000", "00A4020C02000A"}, "9000"},
		{"select with its file's data", "p256", []string{"00A404000AD392F000260100000001"}, "6A86"},
		{"select under the DF", "p256", []string{selectApplet, "00A4090C02000A"}, "6A86"},
		{"the beginning of a name", "p256", []string{"00A4040C05D392F00026", "00A4020C020018"}, "9000"},
		{"another applet", "p256", []string{"00A4040C07A0000000790100"}, "6A82"},
		{"file without an applet", "p256", []string{"00A4020C02000A"}, "6A82"},
		{"no such file", "p256", []string{selectApplet, "00A4020C021234"}, "6A82"},
		{"half a file's number", "p256", []string{selectApplet, "00A4020C010A"}, "6700"},
		{"another applet forgets the file", "p256", []string{selectApplet, selectPIN, "00A4040C0AD3921000310001010408", "00200080"}, "6986"},
		{"read nothing", "p256", []string{selectApplet, "00B0000010"}, "6986"},
		{"read a PIN", "p256", []string{selectApplet, selectPIN, "00B0000010"}, "6981"},
		{"read the signature certificate", "p256", []string{selectApplet, "00A4020C020001", "00B0000010"}, "6982"},
		{"read without a length", "p256", []string{selectApplet, "00A4020C02000A", "00B00000"}, "6700"},
		{"read at the end", "p256", []string{selectApplet, "00A4020C020006", "00B0009000"}, "16:9000"},
		{"read past the end", "p256", []string{selectApplet, "00A4020C020006", "00B000A001"}, "6B00"},
		{"read by a short name", "p256", []string{selectApplet, "00B0880000"}, "8F8F009000"},
		{"extended", "p256", []string{selectApplet, "00A4020C02000A", "00B00000000200"}, "6700"},
		{"extended, understood", "extended", []string{selectApplet, "00A4020C02000A", "00B00000000200"}, "512:9000"},
		{"tries", "p256", []string{selectApplet, selectPIN, "00200080"}, "63C3"},
		{"tries by a short name", "p256", []string{selectApplet, "00200098"}, "63C3"},
		{"tries of the signature", "p256", []string{selectApplet, "00A4020C02001B", "00200080"}, "63C5"},
		{"tries of nothing", "p256", []string{selectApplet, "00200080"}, "6986"},
		{"tries of a file", "p256", []string{selectApplet, "00A4020C02000A", "00200080"}, "6981"},
		{"tries, wrong P2", "p256", []string{selectApplet, selectPIN, "00200000"}, "6A86"},
		{"VERIFY with Le", "p256", []string{selectApplet, selectPIN, verifyRight + "00"}, "6700"},
		{"right", "p256", []string{selectApplet, selectPIN, verifyRight}, "9000"},
		{"wrong", "p256", []string{selectApplet, selectPIN, verifyWrong}, "63C2"},
		{"full-width digits cost a try", "p256", []string{selectApplet, selectPIN, "002000800CEFBC91EFBC92EFBC93EFBC94"}, "63C2"},
		{"wrong thrice", "p256", []string{selectApplet, selectPIN, verifyWrong, verifyWrong, verifyWrong}, "63C0"},
		{"locked", "locked", []string{selectApplet, selectPIN, verifyRight}, "6984"},
		{"locked, asked", "locked", []string{selectApplet, selectPIN, "00200080"}, "63C0"},
		{"a right one restores", "p256", []string{selectApplet, selectPIN, verifyWrong, verifyRight, "00200080"}, "63C3"},
		{"verified, asked", "told", []string{selectApplet, selectPIN, verifyRight, "00200080"}, "9000"},
		{"sign without PIN", "p256", []string{selectApplet, selectKey, "802A00800401020304" + "00"}, "6982"},
		{"sign after a wrong PIN", "p256", []string{selectApplet, selectPIN, verifyRight, verifyWrong, selectKey, "802A00800401020304" + "00"}, "6982"},
		{"sign without a key", "p256", []string{selectApplet, selectPIN, verifyRight, "802A00800401020304" + "00"}, "6981"},
		{"sign with the signature key", "p256", []string{selectApplet, selectPIN, verifyRight, "00A4020C02001A", "802A00800401020304" + "00"}, "6982"},
		{"sign nothing", "p256", []string{selectApplet, selectPIN, verifyRight, selectKey, "802A008000"}, "6700"},
		{"sign too much", "good", []string{selectApplet, selectPIN, verifyRight, selectKey, "802A0080F6" + strings.Repeat("00", 246) + "00"}, "6700"},
		{"sign as much as goes", "good", []string{selectApplet, selectPIN, verifyRight, selectKey, "802A0080F5" + strings.Repeat("00", 245) + "00"}, "256:9000"},
		{"sign without a length", "good", []string{selectApplet, selectPIN, verifyRight, selectKey, "802A00800401020304"}, "6700"},
		{"sign by another scheme", "good", []string{selectApplet, selectPIN, verifyRight, selectKey, "802A07800401020304" + "00"}, "6A86"},
		{"selecting anew leaves it open", "good", []string{selectApplet, selectPIN, verifyRight, selectApplet, selectKey, "802A00800401020304" + "00"}, "256:9000"},
		{"card of another world", "transit", []string{selectApplet}, "6A82"},
		{"no key without a certificate", "none", []string{selectApplet, selectKey}, "6A82"},
		{"GET RESPONSE for nothing", "t0", []string{"00C0000010"}, "6985"},
		{"T=0 says the length", "t0", []string{selectApplet, "00A4020C020008", "00B0000000"}, "6C03"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			card := deal(t, tt.card)
			if got := give(t, card, tt.commands...); got != tt.want {
				t.Errorf("%s, want %s\n%s", got, tt.want, strings.Join(card.Log(), "\n"))
			}
			if strings.Contains(strings.Join(card.Log(), " "), "31 32 33 34") {
				t.Error("the log has the PIN")
			}
		})
	}
}

// Only loss of power ends the verified state; tries outlast it.
func TestPower(t *testing.T) {
	card := deal(t, "p256")
	give(t, card, selectApplet, selectPIN, verifyWrong)
	card.PowerDown()
	if got := give(t, card, selectApplet); got != jpkitest.ErrOff.Error() {
		t.Errorf("without power: %s", got)
	}
	card.PowerUp()
	if got := give(t, card, selectPIN); got != "6A82" {
		t.Errorf("the applet is still selected: %s", got)
	}
	if got := give(t, card, selectApplet, selectPIN, "00200080", verifyRight); got != "9000" || card.Tries() != 3 {
		t.Errorf("%s, %d tries", got, card.Tries())
	}
	if card.Reset(); !card.Verified() {
		t.Error("a reset ends it")
	}
	if card.PowerDown(); card.Verified() {
		t.Error("loss of power doesn't end it")
	}
}

// A card waits by the clock that it was given, is pulled away once, and stays mute.
func TestFaults(t *testing.T) {
	var slept time.Duration
	card := jpkitest.New(jpkitest.Opts{Faults: jpkitest.Faults{
		Delay: time.Second, Sleep: func(d time.Duration) { slept += d }, Pull: 3, Mute: 5,
	}})
	for n, want := range []error{nil, nil, jpkitest.ErrPulled, jpkitest.ErrPulled} {
		if _, err := card.Transmit([]byte{0, 0xA4, 0, 0}); !errors.Is(err, want) {
			t.Errorf("command %d: %v, want %v", n+1, err, want)
		}
	}
	card.PutBack()
	for n, want := range []error{nil, nil, nil, nil, jpkitest.ErrMute, jpkitest.ErrMute} {
		if _, err := card.Transmit([]byte{0, 0xA4, 0, 0}); !errors.Is(err, want) {
			t.Errorf("command %d after it was put back: %v, want %v", n+1, err, want)
		}
	}
	if slept != 10*time.Second {
		t.Errorf("slept %v", slept)
	}
}

func TestUnknownCard(t *testing.T) {
	d, err := deck()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", "gold", "pulled", "pulled@soon", "slow@long"} {
		if _, err := d.Card(name); err == nil {
			t.Errorf("a card %q", name)
		}
	}
}

func FuzzCommand(f *testing.F) {
	for _, c := range []string{selectApplet, selectPIN, verifyRight, "00B0000000", "00B00000000200", "00A4040C00000AD392F000260100000001", "802A0080000020"} {
		apdu, err := hex.DecodeString(c)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(apdu)
	}
	d, err := deck()
	if err != nil {
		f.Fatal(err)
	}
	card, err := d.Card("extended")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, apdu []byte) {
		if answer, err := card.Transmit(apdu); err != nil || len(answer) < 2 {
			t.Errorf("% X: % X, %v", apdu, answer, err)
		}
	})
}
