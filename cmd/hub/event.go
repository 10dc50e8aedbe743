package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/pelletier/go-toml/v2"

	"pointkiosk/assets"
	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// What an event has where its file says nothing.
const (
	cardDays  = 30  // a card is good this long after the day
	pointDays = 365 // points are good this long after the claim
)

// An eventFile is a scheme with its events, as in assets/presets.
type eventFile struct {
	Municipality   string `toml:"municipality"`
	MunicipalityEn string `toml:"municipality_en"`
	Scheme         string `toml:"scheme"`
	SchemeEn       string `toml:"scheme_en"`
	YenPerPoint    uint32 `toml:"yen_per_point"`
	Contact        string `toml:"contact"`
	ContactEn      string `toml:"contact_en"`
	Phone          string `toml:"phone"`
	Host           string `toml:"host"`
	CardDays       uint32 `toml:"card_days"`
	PointDays      uint32 `toml:"point_days"`
	Events         []struct {
		ID          string `toml:"id"`
		Name        string `toml:"name"`
		NameEn      string `toml:"name_en"`
		Place       string `toml:"place"`
		PlaceEn     string `toml:"place_en"`
		Day         string `toml:"day"`
		Opens       string `toml:"opens"`
		Closes      string `toml:"closes"`
		Points      uint32 `toml:"points"`
		Condition   string `toml:"condition"`
		ConditionEn string `toml:"condition_en"`
		OnceADay    bool   `toml:"once_a_day"`
	} `toml:"event"`
}

// events are those of a file; an event without a day is held on the given one.
func (k *call) events(f eventFile, day cards.Day) (list []ledger.Event, err error) {
	if f.YenPerPoint > 1 {
		return nil, k.fails("hub.err.yen", f.YenPerPoint)
	}
	for _, e := range f.Events {
		held := day
		if e.Day != "" {
			if held, err = cards.ParseDay(e.Day); err != nil {
				return nil, err
			}
		}
		list = append(list, ledger.Event{
			Event: cards.Event{
				ID: e.ID, Municipality: cards.Text{Ja: f.Municipality, En: f.MunicipalityEn}, Scheme: cards.Text{Ja: f.Scheme, En: f.SchemeEn},
				Name: cards.Text{Ja: e.Name, En: e.NameEn}, Place: cards.Text{Ja: e.Place, En: e.PlaceEn},
				Condition: cards.Text{Ja: e.Condition, En: e.ConditionEn}, OncePerDay: e.OnceADay,
				Contact: cards.Text{Ja: f.Contact, En: f.ContactEn}, Phone: f.Phone, Opens: e.Opens, Closes: e.Closes, Host: cards.Host(f.Host),
			},
			Points: e.Points, Day: held, CardDays: cmp.Or(f.CardDays, cardDays), PointDays: cmp.Or(f.PointDays, pointDays),
		})
	}
	if len(list) == 0 {
		return nil, k.fails("hub.err.noevent")
	}
	return list, nil
}

func eventAdd() command {
	return command{
		name: "event add",
		do: func(k *call) error {
			preset := k.flags.String("preset", "", "")
			day := k.flags.String("day", "", "")
			today := k.flags.Bool("open-today", false, "")
			if err := k.parse(0, 1); err != nil {
				return err
			}
			if (*preset == "") == (len(k.rest) == 0) || *day != "" && *today {
				return k.misused("hub.use.event")
			}
			list, err := k.readEvents(*preset, k.rest, *day)
			if err != nil {
				return err
			}
			if *today {
				for n := range list {
					list[n].Day, list[n].Opens, list[n].Closes = cards.DayOf(time.Now()), "00:00", "24:00"
				}
			}
			return k.with(func(s *store) error {
				for _, e := range list {
					if err := s.ledger.AddEvent(k.ctx, e); err != nil {
						return err
					}
					fmt.Fprintln(k.out, k.Say("hub.event.added", e.ID, e.Name.In(k.words.Lang()), e.Day, e.Opens, e.Closes, e.Points))
				}
				return nil
			})
		},
	}
}

func (k *call) readEvents(preset string, files []string, day string) (list []ledger.Event, err error) {
	held := cards.DayOf(time.Now())
	if err := k.day(day, &held); err != nil {
		return nil, err
	}
	var text []byte
	if preset != "" {
		text, err = assets.Preset(preset)
	} else {
		text, err = os.ReadFile(files[0])
	}
	if err != nil {
		return nil, err
	}
	var f eventFile
	d := toml.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields() // a misspelt rule must not be silently off
	if err := d.Decode(&f); err != nil {
		if strict := (*toml.StrictMissingError)(nil); errors.As(err, &strict) {
			return nil, k.fails("hub.err.rule", strict.String())
		}
		return nil, k.fails("hub.err.toml", err)
	}
	return k.events(f, held)
}

// An eventLine is an event as JSON.
type eventLine struct {
	ID     string `json:"id"`
	Day    string `json:"day"`
	Opens  string `json:"opens"`
	Closes string `json:"closes"`
	Points uint32 `json:"points"`
	Scheme string `json:"scheme"`
	Name   string `json:"name"`
}

func eventList() command {
	return command{
		name: "event list",
		do: func(k *call) error {
			asJSON := k.flags.Bool("json", false, "")
			if err := k.parse(0, 0); err != nil {
				return err
			}
			return k.with(func(s *store) error {
				events, err := s.ledger.Events(k.ctx)
				if err != nil {
					return err
				}
				t, lines, lang := newTable(k.Say("hub.head.events")), k.lines(), k.words.Lang()
				for _, e := range events {
					if *asJSON {
						err = errors.Join(err, lines.Encode(eventLine{e.ID, e.Day.String(), e.Opens, e.Closes, e.Points, e.Scheme.Ja, e.Name.Ja}))
					}
					t.row(e.ID, e.Day, e.Opens+"–"+e.Closes, e.Points, e.Scheme.In(lang), e.Name.In(lang))
				}
				if *asJSON {
					return err
				}
				return t.write(k.out)
			})
		},
	}
}

// eventPaper says how long paper lasts, or how long it is said to.
func eventPaper() command {
	return command{
		name: "event paper",
		do: func(k *call) error {
			person := k.flags.String("by", "", "")
			if err := k.parse(0, 1); err != nil {
				return err
			}
			return k.with(func(s *store) error {
				if len(k.rest) > 0 {
					days, err := strconv.ParseInt(k.rest[0], 10, 32)
					if err != nil || days < 1 {
						return k.misused("hub.use.days", k.rest[0])
					}
					return s.ledger.SetPaperDays(k.ctx, days, *person)
				}
				days, err := s.ledger.PaperDays(k.ctx)
				if err == nil {
					fmt.Fprintln(k.out, k.Say("hub.event.paper", days))
				}
				return err
			})
		},
	}
}

// with opens the hub that serve has made, for one command.
func (k *call) with(f func(*store) error) error {
	s, err := openStore(k.ctx, *k.data, false)
	if err != nil {
		return err
	}
	err = f(s)
	if closed := s.Close(); err == nil {
		err = closed
	}
	return err
}
