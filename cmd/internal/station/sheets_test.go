package station

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"pointkiosk/assets/words"
	"pointkiosk/cards"
	"pointkiosk/cards/face"
	"pointkiosk/cmd/internal/press"
	"pointkiosk/hub/ledger"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/journal"
	"pointkiosk/kiosk/wizard"
	"pointkiosk/packaging/proof"
	"pointkiosk/printer"
)

// A pressRoom is a machine that holds a batch of 100 cards, with its staff menu.
type pressRoom struct {
	*market
	stick string
}

func newPressRoom(t *testing.T, plain bool) *pressRoom {
	t.Helper()
	r := &pressRoom{market: newMarket(t, printer.ProcessID, nil), stick: t.TempDir()}
	r.opts = r.enrolled("press")
	r.opts.Settings.Sheets = Sheets{Out: r.stick, Plain: plain}
	_, err := r.ledger.Grant(t.Context(), ledger.Grant{Kiosk: "press", Event: "bar", Count: 100, Batch: true})
	r.ok(err)
	r.switchOn()
	r.do(r.desk.Arrive(t.Context()))
	return r
}

// toSheets opens ポイントカードをPDFで印刷する.
func (r *pressRoom) toSheets() {
	r.t.Helper()
	r.do(kiosk.TapStaff{})
	r.pin("2468")
	r.do(kiosk.TapBatches{}, kiosk.TapSheets{})
	r.sheetsAt(kiosk.SheetsList)
}

func (r *pressRoom) sheetsAt(want kiosk.SheetsAt) {
	r.t.Helper()
	if w := r.state.Sheet; r.state.Step != kiosk.Sheets || w.At != want {
		r.t.Fatalf("step %d, at %d, %q, %q; want %d", r.state.Step, w.At, w.Note, w.Out.Note, want)
	}
}

// orders so many cards, as far as the sample.
func (r *pressRoom) orders(digits string) {
	r.t.Helper()
	lists := r.state.Sheet.Lists
	r.do(kiosk.TapBatch{Allotment: lists.Batches[0].Allotment.ID})
	r.sheetsAt(kiosk.SheetsCount)
	for _, d := range digits {
		r.do(kiosk.TapDigit{Digit: byte(d)})
	}
	r.do(kiosk.TapEnter{})
	r.sheetsAt(kiosk.SheetsPaper)
	r.do(kiosk.TapStock{Name: "a4-8"}, kiosk.TapStock{Name: "a4-10"}, kiosk.TapPaper{}, kiosk.TapLook{})
	r.sheetsAt(kiosk.SheetsLook)
}

// files are the names on the stick, hidden ones too.
func (r *pressRoom) files() (names []string) {
	r.t.Helper()
	r.ok(filepath.WalkDir(r.stick, func(path string, d os.DirEntry, err error) error {
		if path != r.stick {
			names = append(names, strings.TrimPrefix(path, r.stick+"/"))
		}
		return err
	}))
	return names
}

// Cards are ordered at the staff menu, made on the stick, and made once more: the
// same ones. What was made can be activated here, and nothing else.
func TestSheets(t *testing.T) {
	r := newPressRoom(t, true)
	var news []kiosk.SheetsOn
	r.desk.sheets.tellBy(func(e kiosk.Event) { news = append(news, e.(kiosk.SheetsOn)) })
	r.toSheets()
	r.orders("45")
	if look := r.state.Sheet.Look; look.Sheets != 5 {
		t.Errorf("%d sheets", look.Sheets)
	}
	r.do(kiosk.TapMake{})
	r.sheetsAt(kiosk.SheetsDone)
	out := r.state.Sheet.Out
	if out.Note != "" || out.Files != 1 || out.Sealed || !slices.Contains(r.files(), out.Where+"/"+out.Where+"-001.pdf") {
		t.Fatalf("%+v: %v", out, r.files())
	}
	if len(news) == 0 || news[len(news)-1] != (kiosk.SheetsOn{Done: 45, All: 45}) {
		t.Errorf("the screen heard %v", news)
	}
	r.do(kiosk.TapBack{})
	lists := r.state.Sheet.Lists
	if len(lists.Orders) != 1 || lists.Orders[0].State != cards.Made || lists.Orders[0].Count != 45 || lists.Batches[0].Left != 55 {
		t.Fatalf("%+v", lists)
	}
	r.do(kiosk.TapOrder{Name: lists.Orders[0].Name}, kiosk.TapMake{})
	r.sheetsAt(kiosk.SheetsDone)
	if again := r.state.Sheet.Out; again.Note != "" || again.Where != out.Where+"-1" {
		t.Errorf("%+v", again)
	}
	orders, err := r.desk.Journal.Orders(t.Context())
	if r.ok(err); len(orders) != 1 || orders[0].Copy != 1 || r.desk.Journal.Tally(orders[0].Allotment).Signed != 45 {
		t.Errorf("%+v", orders)
	}
	for last, why := range map[uint32]string{45: "", 46: "range.not.granted"} {
		find := kiosk.FindRange{First: cards.Serial{Allotment: orders[0].Allotment, Number: 1}, Last: cards.Serial{Allotment: orders[0].Allotment, Number: last}}
		if f := r.desk.findRange(t.Context(), find).(kiosk.RangeIs).Found; f.Why != why {
			t.Errorf("up to %d: %q, want %q", last, f.Why, why)
		}
	}
	r.sync()
	r.checks()
}

// An order that is stopped leaves no file. Until it is gone on with or ended there is
// no other of its batch.
func TestSheetsStopped(t *testing.T) {
	r := newPressRoom(t, false)
	r.desk.sheets.tellBy(func(kiosk.Event) { r.desk.sheets.stopNow(context.Background()) })
	r.toSheets()
	r.orders("100")
	r.do(kiosk.TapMake{})
	r.sheetsAt(kiosk.SheetsDone)
	if note := r.state.Sheet.Out.Note; note != "sheets.note.cut" || len(r.files()) != 0 {
		t.Fatalf("%q: %v", note, r.files())
	}
	r.desk.sheets.tellBy(nil)
	r.do(kiosk.TapBack{})
	lists := r.state.Sheet.Lists
	if len(lists.Orders) != 1 || lists.Orders[0].State != cards.Making || !lists.Unfinished(lists.Batches[0].Allotment.ID) {
		t.Fatalf("%+v", lists)
	}
	r.do(kiosk.TapBatch{Allotment: lists.Batches[0].Allotment.ID})
	r.sheetsAt(kiosk.SheetsList)
	r.do(kiosk.TapOrder{Name: lists.Orders[0].Name}, kiosk.TapMake{})
	r.sheetsAt(kiosk.SheetsDone)
	if out := r.state.Sheet.Out; out.Note != "" || !out.Sealed || !slices.Contains(r.files(), out.Where+"/"+out.Where+"-001.pdf.age") {
		t.Errorf("%+v: %v", out, r.files())
	}
	r.sync()
	r.checks()
}

// An order that is ended ends its numbers, on paper and in the hub.
func TestSheetsEnded(t *testing.T) {
	r := newPressRoom(t, false)
	r.desk.sheets.tellBy(func(kiosk.Event) { r.desk.sheets.stopNow(context.Background()) })
	r.toSheets()
	r.orders("100")
	r.do(kiosk.TapMake{}, kiosk.TapBack{})
	name := r.state.Sheet.Lists.Orders[0].Name
	r.ok(os.MkdirAll(filepath.Join(r.stick, "."+name+".part", "half"), 0o700)) // as after a power cut
	r.do(kiosk.TapOrder{Name: name}, kiosk.TapEnd{})
	r.sheetsAt(kiosk.SheetsEnd)
	r.do(kiosk.TapEnd{})
	r.sheetsAt(kiosk.SheetsList)
	if left := r.files(); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
	if w := r.state.Sheet; w.Note != "sheets.note.ended" || len(w.Lists.Orders) != 0 || w.Lists.Batches[0].Left != 0 {
		t.Errorf("%+v", w)
	}
	if e := r.desk.endSheets(t.Context(), kiosk.EndSheets{Name: name, Operator: "sato"}).(kiosk.SheetsAre); e.Note != "sheets.note.gone" {
		t.Errorf("ended twice: %q", e.Note)
	}
	made := r.desk.Do(t.Context(), kiosk.MakeSheets{Order: kiosk.SheetOrder{SheetJob: kiosk.SheetJob{Name: name}}, Kept: true, Operator: "sato"}).(kiosk.SheetsMade)
	if made.Out.Note != "sheets.note.gone" || len(r.files()) != 0 {
		t.Errorf("gone on with after its end: %+v, %v", made.Out, r.files())
	}
	r.sync()
	list, err := r.ledger.Batches(t.Context(), 0)
	r.ok(err)
	if said := list[0].Said[len(list[0].Said)-1]; said.State != cards.Withdrawn || strings.HasPrefix(words.In("ja").Say(said.Reason), "‹") {
		t.Errorf("a reason that no word list has: %+v", said)
	}
	r.checks()
}

// Where a file can't go is said before a number is taken.
func TestSheetsNowhere(t *testing.T) {
	r := newPressRoom(t, true)
	r.desk.opts.Settings.Sheets.Out, r.desk.opts.Mounts = "", os.DevNull
	r.toSheets()
	r.orders("10")
	r.do(kiosk.TapMake{})
	r.sheetsAt(kiosk.SheetsDone)
	if note := r.state.Sheet.Out.Note; note != "sheets.note.stick" {
		t.Errorf("%q", note)
	}
	orders, err := r.desk.Journal.Orders(t.Context())
	if r.ok(err); len(orders) != 0 {
		t.Errorf("%v", orders)
	}
	r.desk.opts.Settings.Sheets.Out = r.stick // a stick is put in
	r.do(kiosk.TapMake{})
	if out := r.state.Sheet.Out; out.Note != "" || out.Files != 1 {
		t.Errorf("%+v", out)
	}
}

// The sample on the screen is the PDF's own, and no reader takes it for a card.
func TestSheetSample(t *testing.T) {
	proof.Needs(t, "pdftoppm", "zbarimg")
	r := newPressRoom(t, true)
	r.toSheets()
	for _, sides := range []string{"long", "short", "single"} {
		r.orders("10")
		r.do(kiosk.TapBack{}, kiosk.TapBack{}, kiosk.TapSides{Sides: sides}, kiosk.TapPaper{}, kiosk.TapLook{})
		look := r.state.Sheet.Look
		if look.Front == nil || (look.Back == nil) != (sides == "single") {
			t.Fatalf("%s: %v, %v", sides, look.Front, look.Back)
		}
		coded := look.Back
		if sides == "single" {
			coded = look.Front
		}
		for _, picture := range []image.Image{look.Front, coded} {
			if size := picture.Bounds().Size(); size.X < 700 || size.Y < 420 || size.X > 730 || size.Y > 440 {
				t.Errorf("%s: %v", sides, size)
			}
		}
		text := r.reads(coded, sides)
		if _, word := readScan(typed(text), r.trust()); word != "" {
			t.Errorf("%s: the code says %q", sides, word)
		}
		e := r.desk.readSerial(t.Context(), kiosk.ReadSerial{Text: typed(text)}).(kiosk.SerialRead)
		if e.Note == "" {
			t.Errorf("%s: the sample's code is taken for a card", sides)
		}
		r.do(kiosk.TapBack{}, kiosk.TapBack{}, kiosk.TapBack{}, kiosk.TapBack{})
		r.sheetsAt(kiosk.SheetsList)
	}
}

// reads what zbar reads of a picture.
func (r *pressRoom) reads(picture image.Image, name string) string {
	r.t.Helper()
	path := filepath.Join(r.t.TempDir(), name+".png")
	if dir := os.Getenv("POINTKIOSK_SCREENS"); dir != "" {
		path = filepath.Join(dir, "sheet-sample-"+name+".png")
	}
	f, err := os.Create(path)
	r.ok(err)
	r.ok(png.Encode(f, picture))
	r.ok(f.Close())
	out, err := exec.CommandContext(r.t.Context(), "zbarimg", "-q", "--raw", path).Output()
	r.ok(err)
	return strings.TrimSpace(string(out))
}

func (r *pressRoom) trust() cards.TrustList {
	r.t.Helper()
	list, err := r.desk.TrustList(r.t.Context())
	r.ok(err)
	return list
}

func typed(text string) wizard.Typed { return wizard.NewTyped([]byte(text)) }

// Sticks are what the system mounted under /media or /run/media, to be written.
func TestSticks(t *testing.T) {
	for _, tt := range []struct {
		name, mounts string
		want         []string
	}{
		{"none", "proc /proc proc rw 0 0\n/dev/sda1 / ext4 rw,relatime 0 0\n", nil},
		{"one", "/dev/sda1 / ext4 rw 0 0\n/dev/sdb1 /media/kiosk/USB vfat rw,nosuid 0 0\n", []string{"/media/kiosk/USB"}},
		{"a name with a blank", "/dev/sdb1 /run/media/kiosk/MY\\040STICK exfat rw 0 0\n", []string{"/run/media/kiosk/MY STICK"}},
		{"locked against writing", "/dev/sdb1 /media/USB vfat ro,nosuid 0 0\n", nil},
		{"two", "/dev/sdb1 /media/A vfat rw 0 0\n/dev/sdc1 /media/B vfat rw 0 0\n", []string{"/media/A", "/media/B"}},
		{"no device", "tmpfs /media/ram tmpfs rw 0 0\n", nil},
		{"out of /media", "/dev/sdb1 /media/../etc vfat rw 0 0\n", nil},
		{"broken", "/dev/sdb1 /media/USB\n\n", nil},
	} {
		if got := sticks(tt.mounts); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// No line of the system makes a place that is not under /media or /run/media.
func FuzzSticks(f *testing.F) {
	f.Add("/dev/sdb1 /media/USB vfat rw 0 0\n")
	f.Add("/dev/sdb1 /media/\\056\\056/etc vfat rw 0 0\n")
	f.Fuzz(func(t *testing.T, mounts string) {
		for _, at := range sticks(mounts) {
			if filepath.Clean(at) != at || !strings.HasPrefix(at, "/media/") && !strings.HasPrefix(at, "/run/media/") {
				t.Errorf("%q", at)
			}
		}
	})
}

// Files that are locked are unlocked beside themselves for the printer, and that is
// written down.
func TestSheetsOpened(t *testing.T) {
	r := newPressRoom(t, false)
	r.toSheets()
	r.orders("10")
	r.do(kiosk.TapMake{}, kiosk.TapOpen{}, kiosk.TapOpen{})
	r.sheetsAt(kiosk.SheetsDone)
	out := r.state.Sheet.Out
	if out.Sealed || out.Files != 1 || out.Note != "" || !slices.Contains(r.files(), out.Where+"/"+out.Where+"-001.pdf") {
		t.Fatalf("%+v: %v", out, r.files())
	}
	r.do(kiosk.TapBack{})
	r.do(kiosk.TapOrder{Name: r.state.Sheet.Lists.Orders[0].Name}, kiosk.TapOpen{})
	r.sheetsAt(kiosk.SheetsOrder)
	if note := r.state.Sheet.Note; note != "sheets.note.open" {
		t.Errorf("%q", note)
	}
	r.ok(os.RemoveAll(filepath.Join(r.stick, out.Where)))
	r.do(kiosk.TapOpen{})
	if note := r.state.Sheet.Note; note != "sheets.note.elsewhere.here" {
		t.Errorf("%q", note)
	}
	r.sync()
	r.checks()
}

// Each thing that can go wrong has its own sentence, and what nobody foresaw has one
// too.
func TestSheetsNotes(t *testing.T) {
	d := &Desk{Station: &Station{opts: Opts{Log: slog.New(slog.DiscardHandler)}}}
	write := func(e error) error {
		return fmt.Errorf("press: write x: %w", &fs.PathError{Op: "write", Path: "x", Err: e})
	}
	for _, tt := range []struct {
		err  error
		want string
	}{
		{context.Canceled, "cut"}, {errNoStick, "stick"}, {errSticks, "sticks"}, {errStopped, "stopped"},
		{write(syscall.ENOSPC), "full"}, {write(syscall.EIO), "write"}, {write(syscall.EROFS), "write"}, {write(syscall.EACCES), "write"},
		{press.ErrExists, "exists"}, {press.ErrAltered, "altered"}, {journal.ErrUsedUp, "usedup"}, {journal.ErrOver, "over"}, {journal.ErrState, "gone"}, {press.ErrNoOrder, "gone"}, {press.ErrMade, "gone"},
		{&face.MissingGlyphError{}, "names"}, {&face.TooLongError{}, "names"}, {errors.New("no such thing"), "fault"},
	} {
		got := d.sheetsNote(fmt.Errorf("press: %w", tt.err))
		if got != "sheets.note."+tt.want {
			t.Errorf("%v: %s", tt.err, got)
		}
		for _, lang := range words.Languages() {
			if text := words.In(lang).Say(got); strings.HasPrefix(text, "‹") {
				t.Errorf("%s has no words for %s", lang, got)
			}
		}
	}
}

// A stick is blamed only for what lies on it, and where there is none nobody is told to
// take another.
func TestSheetsNotesOfPlace(t *testing.T) {
	mounts := filepath.Join(t.TempDir(), "mounts")
	if err := os.WriteFile(mounts, []byte("/dev/sdb1 /media/usb vfat rw 0 0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	wrote := func(path string, e error) error { return &fs.PathError{Op: "write", Path: path, Err: e} }
	renamed := &os.LinkError{Op: "rename", Old: "/media/usb/.may.part", New: "/media/usb/may", Err: syscall.EROFS}
	for _, tt := range []struct {
		out  string
		err  error
		want string
	}{
		{"", wrote("/media/usb/.may.part/may-001.pdf", syscall.ENOSPC), "full"},
		{"", wrote("/media/usb", syscall.EROFS), "write"},
		{"", renamed, "write"},
		{"", wrote("/media/usb2/may", syscall.ENOSPC), "full.here"},
		{"", wrote("/var/lib/pointkiosk/orders/may.json.part", syscall.ENOSPC), "full.here"},
		{"", wrote("/var/lib/pointkiosk/orders/may.json.part", syscall.EIO), "write.here"},
		{"", diskFull{}, "full.here"},
		{"/srv/cards", wrote("/srv/cards/.may.part/may-001.pdf", syscall.EDQUOT), "full.here"},
		{"/srv/cards", fmt.Errorf("%w: %w", press.ErrPlace, wrote("/srv", syscall.ENOTDIR)), "write.here"},
		{"/srv/cards", press.ErrExists, "exists.here"},
	} {
		d := &Desk{Station: &Station{opts: Opts{Log: slog.New(slog.DiscardHandler), Mounts: mounts, Settings: Settings{Sheets: Sheets{Out: tt.out}}}}}
		got := d.sheetsNote(tt.err)
		if got != "sheets.note."+tt.want {
			t.Errorf("%q, %v: %s, want %s", tt.out, tt.err, got, tt.want)
		}
		for _, lang := range words.Languages() {
			if text := words.In(lang).Say(got); strings.HasPrefix(text, "‹") || strings.HasSuffix(tt.want, ".here") && strings.Contains(text, "USB") {
				t.Errorf("%s, %s: %s", lang, got, text)
			}
		}
	}
}

// A diskFull is what the journal's database says of a full disk.
type diskFull struct{}

func (diskFull) Error() string { return "database or disk is full (13)" }
func (diskFull) Code() int     { return 13 }

// A city's own paper, and what its printer is off by, come from the settings.
func TestSheetsOwnPaper(t *testing.T) {
	file := filepath.Join(t.TempDir(), "kiosk.toml")
	text := "[sheets]\nback = { x = 0.5, y = -0.3 }\n[[sheets.stock]]\nname = \"市の用紙\"\npage = { width = 210.0, height = 297.0 }\n" +
		"cell = { width = 91.0, height = 55.0 }\ncolumns = 2\nrows = 2\nleft = 14.0\ntop = 11.0\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	d := &Desk{Station: &Station{opts: Opts{Settings: s}}}
	job, err := d.job(kiosk.SheetOrder{SheetJob: kiosk.SheetJob{Name: "may", Count: 9, Stock: "市の用紙", Sides: "short"}}, "sato")
	if err != nil || job.Stock.Rows != 2 || job.Back.X != 0.5 || job.Sides.String() != "short" {
		t.Errorf("%+v, %v", job, err)
	}
	if _, err := d.job(kiosk.SheetOrder{SheetJob: kiosk.SheetJob{Stock: "b5", Sides: "long"}}, ""); err == nil {
		t.Error("paper that nobody knows")
	}
	if names := s.Sheets.Stocks(); len(names) != 4 || names[3].Name != "市の用紙" {
		t.Errorf("%+v", names)
	}
}
