package cards

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// ErrHost reports a code of another site: it may be a card, but not one of ours.
var ErrHost = errors.New("cards: the code belongs to another site")

const (
	urlHead = "HTTPS://"
	urlPath = "/C/"
	maxScan = 400
)

// The longest hosts that keep a code at version 6 (154 alphanumeric characters
// at level M) and at version 7 (178); ISO/IEC 18004, table 7.
const (
	HostVersion6 = 154 - len(urlHead) - len(urlPath) - textSize
	MaxHost      = 178 - len(urlHead) - len(urlPath) - textSize
)

// A Host is the name of the site where cards are claimed, in lower case: at
// most [MaxHost] characters of a–z, 0–9, '.' and '-', and perhaps a port.
type Host string

// ParseHost checks a host when it is set, so that no card is ever too large
// for version 7.
func ParseHost(text string) (Host, error) {
	if text == "" || len(text) > MaxHost {
		return "", fmt.Errorf("cards: host %q has %d characters, at most %d fit the code", text, len(text), MaxHost)
	}
	name, port, hasPort := strings.Cut(text, ":")
	ok := !hasPort || isPort(port)
	for label := range strings.SplitSeq(name, ".") {
		ok = ok && isLabel(label)
	}
	if !ok {
		return "", fmt.Errorf("cards: %q is no host name in lower case", text)
	}
	return Host(text), nil
}

// isLabel checks one part of a host name (RFC 1123, section 2.1).
func isLabel(s string) bool {
	return s != "" && strings.Trim(s, "-") == s && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// isPort checks for a number in its one form: two spellings of a port would be
// two hosts.
func isPort(s string) bool {
	n, err := strconv.ParseUint(s, 10, 16)
	return err == nil && n != 0 && strconv.FormatUint(n, 10) == s
}

// URL returns the text of the card's QR code, upper case throughout, so that
// it is alphanumeric mode (ISO/IEC 18004, 7.4.4).
func (h Host) URL(c Card) string {
	return urlHead + strings.ToUpper(string(h)) + urlPath + c.Text()
}

// Site returns the text of a code that is no card: where cards are claimed.
func (h Host) Site() string { return urlHead + strings.ToUpper(string(h)) + urlPath }

// Normalize turns what a scanner delivers into the canonical text that [Parse]
// takes: a URL of one of the hosts or a bare token, in any case, with the
// colon as a keyboard scanner under the other layout sends it (+ where the
// machine takes a US key for a Japanese one, ' the other way round), and CR,
// LF, TAB or blanks behind it.
func Normalize(scan string, hosts ...Host) (string, error) {
	if len(scan) > maxScan {
		return "", ErrMalformed
	}
	text := asciiUpper(strings.TrimRight(scan, "\r\n\t "))
	rest, isURL := cutScheme(text)
	if !isURL {
		return checked(text)
	}
	site, path, _ := strings.Cut(rest, "/")
	if !ours(site, hosts) {
		return "", ErrHost
	}
	token, ok := strings.CutPrefix("/"+path, urlPath)
	if !ok {
		return "", ErrMalformed
	}
	return checked(token)
}

func cutScheme(text string) (rest string, ok bool) {
	for _, head := range []string{urlHead, "HTTPS+//", "HTTPS'//"} {
		if rest, ok = strings.CutPrefix(text, head); ok {
			return rest, true
		}
	}
	return "", false
}

func ours(site string, hosts []Host) bool {
	for _, h := range hosts {
		for _, colon := range []string{":", "+", "'"} {
			if site == strings.ToUpper(strings.ReplaceAll(string(h), ":", colon)) {
				return true
			}
		}
	}
	return false
}

func checked(token string) (string, error) {
	if _, err := Parse(token); err != nil {
		return "", err
	}
	return token, nil
}

// asciiUpper changes a–z alone: strings.ToUpper maps ſ to S and ı to I, and
// two texts would name one card.
func asciiUpper(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'a' <= c && c <= 'z' {
			b[i] = c - 'a' + 'A'
		}
	}
	return string(b)
}
