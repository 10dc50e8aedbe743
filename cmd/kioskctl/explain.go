package main

import (
	"errors"
	"io/fs"
	"net/url"
	"slices"
	"strings"
	"syscall"

	"pointkiosk/assets/words"
	"pointkiosk/cards"
	"pointkiosk/cards/face"
	"pointkiosk/cards/sheet"
	"pointkiosk/cmd/internal/press"
	"pointkiosk/cmd/internal/station"
	"pointkiosk/hub/api"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/journal"
	"pointkiosk/printer"
)

// A toldError is an error whose words are known where it arises.
type toldError struct {
	error
	text string
}

// Unwrap returns what happened.
func (e *toldError) Unwrap() error { return e.error }

// told gives an error its words; none if they were said already.
func told(err error, text string) error { return &toldError{err, text} }

// explain says an error in the word list's words where it has some. What
// happened follows where it helps support, and always for programs.
func (c *call) explain(err error) string {
	text, detail := c.known(err)
	switch {
	case text == "" && detail:
		return err.Error()
	case text != "" && (detail || c.json):
		return text + "\n" + err.Error()
	}
	return text
}

func (c *call) known(err error) (text string, detail bool) {
	var t *toldError
	var unsent *printer.UnsentError
	var doubt *printer.UncertainError
	var left *journal.LeftError
	switch {
	case errors.As(err, &t):
		return t.text, false
	case errors.As(err, &unsent):
		return c.paper(unsent.Status), true
	case errors.As(err, &doubt):
		return c.paper(doubt.Status), true
	case errors.As(err, &left) && left.Left > 0:
		return c.words.Say("cli.err.left", words.Number(left.Count), words.Number(left.Left)), false
	case errors.As(err, new(*face.MissingGlyphError)), errors.As(err, new(*face.TooLongError)):
		return c.words.Say("cli.err.names"), true
	}
	for _, e := range []struct {
		is     error
		key    string
		detail bool
	}{
		{station.ErrNotEnrolled, "cli.err.enrol", false}, {station.ErrBusy, "cli.err.busy", false},
		{station.ErrNoBatch, "cli.err.batch", false}, {station.ErrEnded, "cli.err.ended", false},
		{station.ErrFades, "cli.err.fades", false}, {station.ErrNoAllotment, "cli.err.allotment", false}, {journal.ErrOver, "cli.err.allotment", false},
		{journal.ErrUsedUp, "cli.err.usedup", false}, {journal.ErrUnknown, "cli.err.unknown", false},
		{journal.ErrState, "cli.err.state", false}, {kiosk.ErrTorn, "cli.err.torn", false}, {journal.ErrSecond, "cli.err.second", false},
		{journal.ErrBroken, "cli.err.journal", true}, {journal.ErrBehind, "cli.err.journal", true},
		{journal.ErrUnfinished, "cli.err.unfinished", false}, {press.ErrNoOrder, "cli.err.order", false}, {press.ErrName, "cli.err.order.name", false}, {press.ErrPlain, "cli.err.order.plain", false},
		{press.ErrSheets, "cli.err.sheets", false}, {press.ErrOther, "cli.err.order.other", false}, {press.ErrExists, "cli.err.order.exists", false}, {press.ErrAltered, "cli.err.order.altered", false}, {press.ErrMade, "cli.err.order.made", false}, {fs.ErrExist, "cli.err.there", true}, {sheet.ErrPicture, "cli.err.picture", true},
		{sheet.ErrOneSide, "cli.err.oneside", false}, {sheet.ErrSmallPage, "cli.err.page", false}, {press.ErrPlace, "cli.err.place", true},
		{cards.ErrSerial, "cli.err.serial", false}, {api.ErrCode, "cli.err.code", false},
	} {
		if errors.Is(err, e.is) {
			return c.words.Say(e.key), e.detail
		}
	}
	switch {
	case full(err):
		return c.words.Say("cli.err.full"), false
	case c.ctx.Err() != nil:
		return c.words.Say("cli.err.cut"), false
	case unwritten(err):
		return c.words.Say("cli.err.write"), true
	case errors.As(err, new(*api.Problem)):
		return c.words.Say("cli.err.hub"), true
	case errors.As(err, new(*url.Error)):
		return c.words.Say("cli.err.offline"), true
	}
	return "", true
}

// What SQLite says of a disk (sqlite.org/rescode.html), the last byte telling which
// kind. SQLITE_IOERR_SHMSIZE is that the index of the write-ahead log has no room.
const (
	sqliteReadOnly = 8
	sqliteIOErr    = 10
	sqliteFull     = 13
	sqliteCantOpen = 14
	sqliteShmSize  = 4874
)

// database is what the database said, 0 if it said nothing.
func database(err error) int {
	var said interface{ Code() int }
	if errors.As(err, &said) {
		return said.Code()
	}
	return 0
}

// full reports an error of a disk that is full: of a file, or of the journal's database.
func full(err error) bool {
	code := database(err)
	return code == sqliteFull || code == sqliteShmSize || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// unwritten reports an error of a disk that can't be written or read.
func unwritten(err error) bool {
	code := database(err) & 0xff
	return code == sqliteReadOnly || code == sqliteIOErr || code == sqliteCantOpen ||
		slices.ContainsFunc([]error{syscall.EIO, syscall.EROFS, syscall.ENODEV, syscall.ENOTDIR, fs.ErrPermission}, func(e error) bool { return errors.Is(err, e) })
}

// paper says what ails the printer and what to do.
func (c *call) paper(s printer.Status) string {
	what, do := c.paperWords(s.Code(), s.Todo())
	return c.words.Say("cli.err.paper.test", what, do)
}

// paperWords are for whoever set the kiosk up, where they can do more than a
// volunteer.
func (c *call) paperWords(code, todo string) (what, do string) {
	if do, known := c.knows("printer." + code + ".admin"); known {
		return c.words.Say("printer." + code), do
	}
	if do, known := c.knows(todo); known {
		return c.words.Say("printer." + code), do
	}
	return c.words.Say("printer.other"), c.words.Say("printer.other.do")
}

// word says a state, stop code, verdict or reason in words. One that this
// kiosk has never heard of, from a newer hub, is named as it is.
func (c *call) word(kind, code string) string {
	if text, known := c.knows("cli." + kind + "." + strings.ReplaceAll(code, " ", "-")); known {
		return text
	}
	return c.words.Say("cli.code", code)
}

// knows reports whether the word list has a key: one that is missing shows as
// itself.
func (c *call) knows(key string) (text string, known bool) {
	text = c.words.Say(key)
	return text, text != "‹"+key+"›"
}
