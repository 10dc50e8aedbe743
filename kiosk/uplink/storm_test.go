package uplink

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/hub/api"
)

// A proxy stands between kiosks and hub and misbehaves. It does what chance
// says, one request at a time.
type proxy struct {
	t      testing.TB
	town   *town
	mu     sync.Mutex
	chance *rand.Rand
	fair   bool           // behave from now on
	met    map[string]int // how often each fault happened
	kept   [][]byte       // uploads held back, to be delivered late
	said   [][]byte       // receipts given, to be given again
}

// A fault answers a request in its own way.
type fault struct {
	name string
	do   func(p *proxy, w http.ResponseWriter, body []byte)
}

// status answers as any box on the way may.
func status(code int, kind, text, retry string) func(*proxy, http.ResponseWriter, []byte) {
	return func(_ *proxy, w http.ResponseWriter, _ []byte) {
		w.Header().Set("Content-Type", kind)
		if retry != "" {
			w.Header().Set("Retry-After", retry)
		}
		w.WriteHeader(code)
		io.WriteString(w, text)
	}
}

const portal = "<html><h1>Free Wi-Fi</h1>Please accept the terms.</html>"

// faults are those of the way, of what the hub says, and of boxes in between.
func faults() []fault { return append(append(lossFaults(), answerFaults()...), boxFaults()...) }

func lossFaults() []fault {
	return []fault{
		{"lost before the hub", func(*proxy, http.ResponseWriter, []byte) { panic(http.ErrAbortHandler) }},
		{"lost after the hub committed", func(p *proxy, _ http.ResponseWriter, body []byte) {
			p.deliver(body)
			panic(http.ErrAbortHandler)
		}},
		{"doubled", func(p *proxy, w http.ResponseWriter, body []byte) { p.deliver(body); p.answer(w, p.deliver(body)) }},
		{"held back", func(p *proxy, _ http.ResponseWriter, body []byte) {
			p.kept = append(p.kept, body)
			panic(http.ErrAbortHandler)
		}},
		{"an old one first", func(p *proxy, w http.ResponseWriter, body []byte) { p.late(); p.answer(w, p.deliver(body)) }},
		{"request cut", func(p *proxy, w http.ResponseWriter, body []byte) {
			p.answer(w, p.deliver(body[:p.chance.IntN(len(body))]))
		}},
	}
}

func answerFaults() []fault {
	return []fault{
		{"answer cut", func(p *proxy, w http.ResponseWriter, body []byte) {
			got := p.deliver(body).Body.Bytes()
			w.Header().Set("Content-Type", api.TypeCOSE)
			w.Header().Set("Content-Length", strconv.Itoa(len(got)))
			w.Write(got[:p.chance.IntN(len(got))])
			panic(http.ErrAbortHandler)
		}},
		{"answer cut, and nobody says so", func(p *proxy, w http.ResponseWriter, body []byte) {
			got := p.deliver(body).Body.Bytes()
			p.paper(w, got[:p.chance.IntN(len(got))])
		}},
		{"a flipped bit in the answer", func(p *proxy, w http.ResponseWriter, body []byte) {
			got := bytes.Clone(p.deliver(body).Body.Bytes())
			got[p.chance.IntN(len(got))] ^= 1 << p.chance.IntN(8)
			p.paper(w, got)
		}},
		{"an older or another kiosk's receipt", func(p *proxy, w http.ResponseWriter, body []byte) {
			p.deliver(body)
			p.paper(w, p.said[p.chance.IntN(len(p.said))])
		}},
		{"the upload for an answer", func(p *proxy, w http.ResponseWriter, body []byte) { p.paper(w, body) }},
	}
}

func boxFaults() []fault {
	list := []fault{
		{"portal as cose", func(p *proxy, w http.ResponseWriter, _ []byte) { p.paper(w, []byte(portal)) }},
		{"portal by redirect", func(_ *proxy, w http.ResponseWriter, _ []byte) {
			w.Header().Set("Location", "/portal")
			w.WriteHeader(http.StatusFound)
		}},
		{"portal 200", status(200, "text/html", portal, "")},
		{"portal 404", status(404, "text/html", portal, "")},
		{"problem 413 of a stranger", status(413, "text/plain", "no", "")},
		{"problem 429", status(429, "text/plain", "no", "2")},
	}
	for _, code := range []int{204, 400, 401, 403, 407, 408, 409, 410, 422, 500, 502, 503, 504, 511} {
		list = append(list, fault{fmt.Sprint("status ", code), status(code, api.TypeProblem, `{"title":"no","status":1}`, "")})
	}
	return list
}

// deliver brings a body to the hub and keeps its receipt.
func (p *proxy) deliver(body []byte) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/"+api.PathEntries, bytes.NewReader(body))
	r.Header.Set("Content-Type", api.TypeCOSE)
	w := httptest.NewRecorder()
	p.town.handler.ServeHTTP(w, r)
	if w.Code == http.StatusOK {
		p.said = append(p.said, w.Body.Bytes())
	}
	return w
}

// late delivers what was held back, the last first.
func (p *proxy) late() {
	for n := len(p.kept) - 1; n >= 0; n-- {
		p.deliver(p.kept[n])
	}
	p.kept = nil
}

func (p *proxy) answer(w http.ResponseWriter, got *httptest.ResponseRecorder) {
	for name, values := range got.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(got.Code)
	w.Write(got.Body.Bytes())
}

func (p *proxy) paper(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Type", api.TypeCOSE)
	w.Write(body)
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/portal" {
		status(200, "text/html", portal, "")(p, w, nil)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the kiosk has hung up
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	all := faults()
	n := p.chance.IntN(len(all) + len(all)/2)
	if p.fair || n >= len(all) || len(p.said) == 0 {
		p.met["none"]++
		p.answer(w, p.deliver(body))
		return
	}
	p.met[all[n].name]++
	all[n].do(p, w, body)
}

// calm ends the storm.
func (p *proxy) calm() { p.mu.Lock(); defer p.mu.Unlock(); p.fair = true }

// weather is one day in the storm: two kiosks issue, send, stop and start; the
// hub restarts; sticks travel. All of it by chance.
func weather(t testing.TB, seed uint64, met map[string]int) (h *town, p *proxy, booths []*booth) {
	t.Helper()
	h = newTown(t)
	p = &proxy{t: t, town: h, chance: rand.New(rand.NewPCG(seed, 1)), met: met}
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	booths = []*booth{h.enrol("station-1", "l", client(t, server.URL)), h.enrol("station-2", "m", client(t, server.URL))}
	chance := rand.New(rand.NewPCG(seed, 2))
	var sticks [][]byte
	for range 60 {
		k := booths[chance.IntN(len(booths))]
		switch chance.IntN(12) {
		case 0, 1, 2:
			for range chance.IntN(8) {
				c := k.issue(out()...)
				if chance.IntN(2) == 0 { // long before the kiosk is heard of, or just then
					_, err := h.Claim(context.Background(), c, fmt.Sprintf("AAAA22%02d", chance.IntN(90)))
					check(t, err)
				}
			}
		case 3:
			k.issue(cards.Printing, cards.Uncertain, cards.VoidAsked)
		case 4:
			k.restart()
		case 5:
			h.restart(h.path)
		case 6:
			sticks = append(sticks, k.stick(1+chance.IntN(20))...)
		case 7:
			if len(sticks) > 0 {
				_, err := h.Ingest(context.Background(), sticks[chance.IntN(len(sticks))])
				check(t, err)
			}
		default:
			k.up.batch = 1 + chance.IntN(20)
			k.up.Sync(context.Background()) //nolint:errcheck // in a storm anything may come back
		}
	}
	return h, p, booths
}

// After a storm everything is at the hub exactly once, whatever came back in
// it, and nothing was set aside.
func TestStorm(t *testing.T) {
	met := map[string]int{}
	for seed := range seeds(12) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			h, p, booths := weather(t, seed, met)
			p.calm()
			for _, k := range booths {
				for range 2 { // the second brings what became of the voids
					check(t, k.up.Sync(context.Background()))
				}
				if open := k.Open(); len(open) > 0 {
					t.Errorf("still open: %v", open)
				}
			}
			h.same(booths...)
		})
	}
	for _, f := range faults() {
		if met[f.name] == 0 {
			t.Errorf("%q never happened: the test shows nothing of it", f.name)
		}
	}
	t.Logf("what happened: %v", met)
}

// The comparison that ends a storm finds an entry that is lost, changed,
// doubled or set aside.
func TestStormIsSeen(t *testing.T) {
	for _, tt := range []struct{ name, plant string }{
		{"lost", `DELETE FROM entry WHERE seq = 4`},
		{"not judged", `DELETE FROM judged WHERE seq = 7`},
		{"changed", `UPDATE entry SET data = x'00' WHERE seq = 4`},
		{"one too many", `INSERT INTO entry SELECT key_id, 9, hash, data, late, received FROM entry WHERE seq = 7`},
		{"aside", `INSERT INTO entry_aside SELECT key_id, seq, hash, data, 'conflict', received FROM entry WHERE seq = 4`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newTown(t)
			k := h.enrol("station-1", "l", direct{h})
			k.issue(out()...)
			k.issue(out()...)
			check(t, k.up.Sync(context.Background()))
			h.same(k)
			_, err := h.db.Exec(`PRAGMA foreign_keys = 0`)
			check(t, err)
			_, err = h.db.Exec(tt.plant)
			check(t, err)
			if len(h.missing(k)) == 0 {
				t.Error("nobody noticed")
			}
		})
	}
}
