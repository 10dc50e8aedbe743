package press

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"filippo.io/age"

	"pointkiosk/cards"
	"pointkiosk/cards/sheet"
)

// A File is one PDF of an order.
type File struct {
	Name   string `json:"name"`   // as it lies there
	SHA256 string `json:"sha256"` // of the PDF, hex
	Sheet  int    `json:"sheet"`  // its first one, from 1
	Sheets int    `json:"sheets"`
	Cards  int    `json:"cards"`
}

// sealed is the end of the name of an encrypted file.
const sealed = ".age"

// file makes one PDF, synced to the disk.
func (w *work) file(ctx context.Context, dir string, n int, part sheet.Span) (f File, err error) {
	if err := ctx.Err(); err != nil {
		return f, err
	}
	batch := make([]sheet.One, 0, part.End-part.First)
	for i := part.First; i < part.End; i++ {
		c, err := w.card(i)
		if err != nil {
			return f, err
		}
		url := w.a.Event.Host.URL(c)
		w.payloads[i] = sha256.Sum256([]byte(url)) // each file has cards of its own
		batch = append(batch, sheet.One{Serial: c.Serial().String(), URL: url, Number: c.Number})
	}
	f = File{Name: fmt.Sprintf("%s-%03d.pdf", w.job.Request, n+1), Cards: len(batch)}
	f.Sheet, _ = w.sheets.Place(part.First)
	last, _ := w.sheets.Place(part.End - 1)
	f.Sheets = last - f.Sheet + 1
	if !w.job.Plain {
		f.Name += sealed
	}
	return f, write(filepath.Join(dir, f.Name), func(out io.Writer) error {
		sum := sha256.New()
		done := 0
		err := w.seal(out, func(out io.Writer) error {
			return w.sheets.WriteFrom(io.MultiWriter(out, sum), part.First, batch, func(n int) {
				w.tell(n - done)
				done = n
			})
		})
		f.SHA256 = hex.EncodeToString(sum.Sum(nil))
		return err
	})
}

// card signs the i-th card of the order, from 0.
func (w *work) card(i int) (cards.Card, error) {
	return w.Journal.CardOf(w.a, w.order, w.order.First+uint32(i))
}

func (w *work) tell(more int) {
	if done := w.count.Add(int64(more)); w.Tell != nil {
		w.Tell(int(done), w.part.Count())
	}
}

// seal encrypts what is written, unless the admin turned that off.
func (w *work) seal(out io.Writer, write func(io.Writer) error) error {
	if w.job.Plain {
		return write(out)
	}
	key, err := w.key()
	if err != nil {
		return err
	}
	hidden, err := age.Encrypt(out, key.Recipient())
	if err != nil {
		return fmt.Errorf("press: encrypt: %w", err)
	}
	if err := write(hidden); err != nil {
		return err
	}
	return hidden.Close()
}

// write makes a file that only its owner reads, and syncs it.
func write(path string, do func(io.Writer) error) (err error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("press: %w", err)
	}
	buffered := bufio.NewWriterSize(file, 1<<16)
	err = do(buffered)
	if err == nil {
		err = buffered.Flush()
	}
	if err == nil {
		err = file.Sync()
	}
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("press: write %s: %w", filepath.Base(path), err)
	}
	return nil
}

func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("press: %w", err)
	}
	err = dir.Sync()
	if closed := dir.Close(); err == nil {
		err = closed
	}
	return err
}

// Open decrypts the files of an order into a directory, for the printer. Which cards
// those are the journal says, and nothing that lies beside them; that they are opened is
// written down before the first byte is there. Those that were opened there before stay
// as they are: what was cut off is gone on with.
func (p *Press) Open(ctx context.Context, dir, to, operator string) (names []string, err error) {
	m, sum, err := readManifest(dir)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%w: %w", ErrNoFiles, err)
	}
	if err != nil {
		return nil, err
	}
	part, err := p.printed(ctx, m, sum)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(m.Files, func(f File) bool { return !strings.HasSuffix(f.Name, sealed) }) {
		return nil, ErrPlain
	}
	for _, f := range m.Files { // a kill may have left a half one of any, which is plain
		err = errors.Join(err, os.RemoveAll(half(to, opened(f.Name))))
	}
	if err = errors.Join(err, p.same(dir, m.Files)); err != nil {
		return nil, err
	}
	if err := p.Journal.MarkRange(ctx, part, cards.Opened, operator, ""); err != nil {
		return nil, err
	}
	key, err := p.key()
	if err != nil {
		return nil, err
	}
	var fresh []string
	defer func() {
		if err != nil {
			for _, name := range fresh { // all of them, or none
				os.Remove(name) //nolint:errcheck // the error before says more
			}
		}
	}()
	for _, f := range m.Files {
		name, was, err := openOne(ctx, key, dir, to, f)
		if err != nil {
			return nil, err
		}
		if names = append(names, name); !was {
			fresh = append(fresh, name)
		}
	}
	if len(fresh) == 0 {
		err = ErrOpened
	}
	return names, err
}

// same returns an error if files in a directory are not the PDFs of a manifest.
func (p *Press) same(dir string, files []File) error {
	for _, f := range files {
		if err := p.isFile(filepath.Join(dir, filepath.Base(f.Name)), f.SHA256); err != nil {
			return err
		}
	}
	return nil
}

func (p *Press) isFile(path, want string) error {
	in, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("press: %w", err)
	}
	defer in.Close() //nolint:errcheck // it was read
	plain := io.Reader(in)
	if strings.HasSuffix(path, sealed) {
		key, err := p.key() // of plain files there need be none, and no room to make it
		if err != nil {
			return err
		}
		if plain, err = age.Decrypt(in, key); err != nil {
			return fmt.Errorf("press: %s: %w", filepath.Base(path), err)
		}
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, plain); err != nil {
		return fmt.Errorf("press: %s: %w", filepath.Base(path), err)
	}
	if hex.EncodeToString(sum.Sum(nil)) != want {
		return fmt.Errorf("%w: %s", ErrAltered, filepath.Base(path))
	}
	return nil
}

// opened is what a file is called when it is opened.
func opened(name string) string { return strings.TrimSuffix(filepath.Base(name), sealed) }

// openOne decrypts one file, if that was not done before. What has its name is whole,
// and nothing that was there is touched.
func openOne(ctx context.Context, key *age.X25519Identity, dir, to string, f File) (name string, was bool, err error) {
	if err := ctx.Err(); err != nil {
		return "", false, err
	}
	base := opened(f.Name)
	name = filepath.Join(to, base)
	if is, err := sumOf(name); !errors.Is(err, fs.ErrNotExist) {
		if err == nil && is != f.SHA256 {
			err = fs.ErrExist
		}
		if err != nil {
			err = fmt.Errorf("press: %s: %w", base, err)
		}
		return name, true, err
	}
	in, err := os.Open(filepath.Join(dir, filepath.Base(f.Name)))
	if err != nil {
		return "", false, fmt.Errorf("press: %w", err)
	}
	defer in.Close() //nolint:errcheck // it was read
	plain, err := age.Decrypt(in, key)
	if err != nil {
		return "", false, fmt.Errorf("press: %s: %w", base, err)
	}
	half := half(to, base)
	err = write(half, func(out io.Writer) error { _, err := io.Copy(out, plain); return err })
	if err == nil {
		err = os.Rename(half, name)
	}
	if err != nil {
		os.Remove(half) //nolint:errcheck // the error before says more
	}
	return name, false, err
}

// sumOf is the SHA-256 of what has this name, hex.
func sumOf(name string) (string, error) {
	info, err := os.Lstat(name)
	if err != nil || !info.Mode().IsRegular() {
		return "", err // what is no file is none of ours
	}
	file, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer file.Close() //nolint:errcheck // it was read
	sum := sha256.New()
	_, err = io.Copy(sum, file)
	return hex.EncodeToString(sum.Sum(nil)), err
}
