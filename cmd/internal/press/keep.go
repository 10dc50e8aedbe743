package press

import (
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"pointkiosk/cards"
	"pointkiosk/kiosk/journal"
)

// plainName is what an order may be called: it names files too.
var plainName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$`)

// notPlain is what a hub may call an event, and nobody a file.
var notPlain = regexp.MustCompile(`[^A-Za-z0-9_-]+`)

// mostOfEvent is how much of an event's id a name has room for, before the time.
const mostOfEvent = 40

// Name is what an order of an event is called where nobody says so, whatever the
// hub calls the event.
func Name(event string, at time.Time) string {
	event = strings.Trim(notPlain.ReplaceAllString(event, "-"), "-_")
	event = event[:min(len(event), mostOfEvent)]
	return cmp.Or(event, "order") + "-" + at.In(cards.Japan).Format("20060102-150405")
}

// ErrName reports an order's name that is no name for a file.
var ErrName = errors.New("press: an order is named by letters, figures, - and _")

// ErrOther reports an order that is there already, and is not this one.
var ErrOther = errors.New("press: there is another order of this name")

// keep writes down what was ordered, before a number is taken. What was written
// down before stays, if a number was.
func (p *Press) keep(ctx context.Context, job Job) (fresh bool, err error) {
	if !plainName.MatchString(job.Request) {
		return false, fmt.Errorf("%w: %q", ErrName, job.Request)
	}
	path := p.jobPath(job.Request)
	text, err := json.Marshal(job)
	if err != nil {
		return false, fmt.Errorf("press: %w", err)
	}
	if before, err := os.ReadFile(path); err == nil {
		if sameJob(before, text) {
			return false, nil
		}
		if taken, err := p.taken(ctx, job.Request); taken || err != nil {
			return false, errors.Join(err, fmt.Errorf("%w: %s", ErrOther, job.Request))
		}
	}
	if err := folder(filepath.Dir(path)); err != nil {
		return false, err
	}
	return true, whole(path, text)
}

// sameJob reports whether a job that was written down is this one, by whichever version
// of the program: what that didn't know of counts as not set.
func sameJob(before, text []byte) bool {
	var job Job
	if json.Unmarshal(before, &job) != nil {
		return false
	}
	again, err := json.Marshal(job)
	return err == nil && bytes.Equal(again, text)
}

// taken reports whether an order has its numbers.
func (p *Press) taken(ctx context.Context, request string) (bool, error) {
	all, err := p.Journal.Orders(ctx)
	return slices.ContainsFunc(all, func(o journal.Order) bool { return o.Request == request }), err
}

// Job returns what was ordered.
func (p *Press) Job(request string) (job Job, err error) {
	if !plainName.MatchString(request) {
		return job, fmt.Errorf("%w: %q", ErrName, request)
	}
	text, err := os.ReadFile(p.jobPath(request))
	if errors.Is(err, fs.ErrNotExist) {
		return job, fmt.Errorf("%w: %s", ErrNoOrder, request)
	}
	if err != nil {
		return job, fmt.Errorf("press: %w", err)
	}
	if err := json.Unmarshal(text, &job); err != nil {
		return job, fmt.Errorf("press: order %s: %w", request, err)
	}
	return job, nil
}

func (p *Press) jobPath(request string) string {
	return filepath.Join(p.Dir, "orders", request+".json")
}

// note keeps which manifest a folder has, before the folder is there: until the journal
// knows it, only that tells it from one that somebody else put there.
func (p *Press) note(folder string, digest [32]byte) error {
	return whole(p.notePath(folder), []byte(hex.EncodeToString(digest[:])))
}

func (p *Press) notePath(folder string) string {
	return filepath.Join(p.Dir, "orders", folder+".whole")
}

// whole writes a small file of this machine's own, that only its owner reads, whole or
// not at all, and it stays. What a crash left of it before goes: unlike [Page], nobody
// else has files there.
func whole(path string, text []byte) error {
	half := path + ".part"
	if err := os.RemoveAll(half); err != nil {
		return fmt.Errorf("press: %w", err)
	}
	err := write(half, func(out io.Writer) error { _, err := out.Write(text); return err })
	if err == nil {
		err = os.Rename(half, path)
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(half))
	}
	return syncDir(filepath.Dir(path))
}

// key is what this machine's files are encrypted to: whoever has it, and the live
// key beside it, can sign the same cards anyway.
func (p *Press) key() (*age.X25519Identity, error) {
	p.once.Lock()
	defer p.once.Unlock()
	path := filepath.Join(p.Dir, "sheets.key")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		fresh, err := age.GenerateX25519Identity()
		if err != nil {
			return nil, fmt.Errorf("press: key: %w", err)
		}
		return fresh, whole(path, []byte(fresh.String()+"\n"))
	}
	if err != nil {
		return nil, fmt.Errorf("press: key: %w", err)
	}
	key, err := age.ParseX25519Identity(strings.TrimSpace(string(text)))
	if err != nil {
		return nil, errors.New("press: the key of the files is damaged") // the library's error would show it
	}
	return key, nil
}
