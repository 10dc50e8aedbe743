package main

import (
	"errors"
	"io"
	"strings"
	"time"

	"pointkiosk/cards"
	"pointkiosk/cmd/internal/station"
)

// verify checks a card without the network.
func verify(c *call) error {
	if err := c.parse(0, 1, nil); err != nil {
		return err
	}
	text := "-"
	if len(c.args) == 1 {
		text = c.args[0]
	}
	if text == "-" {
		b, err := io.ReadAll(io.LimitReader(c.in, 4096))
		if err != nil {
			return err
		}
		text = strings.TrimRight(string(b), "\r\n")
	}
	return c.look(func(s *station.Station) error {
		list, err := s.TrustList(c.ctx)
		if err != nil {
			return err
		}
		return c.judge(list, text)
	})
}

// judge says what a card's text is worth by the trust list.
func (c *call) judge(list cards.TrustList, text string) error {
	result := struct {
		Serial string `json:"serial,omitempty"`
		Points uint32 `json:"points,omitempty"`
		Result string `json:"result"`
		List   string `json:"trust_list_of"`
	}{List: time.Unix(list.Issued, 0).In(cards.Japan).Format(time.DateTime)}
	token, err := cards.Normalize(text, list.Hosts...)
	var k cards.Card
	if err == nil {
		k, err = cards.Parse(token)
	}
	if err == nil {
		result.Serial, result.Points = k.Serial().String(), k.Points
		err = list.Verify(k, time.Now())
	}
	if result.Result = resultOf(err); result.Result == "" {
		return err
	}
	if said := c.say(result, "cli.verify."+result.Result, result.Serial, result.List); said != nil || err == nil {
		return said
	}
	return told(err, "") // it was said
}

// resultOf names what checking a card gave.
func resultOf(err error) string {
	if err == nil {
		return "genuine"
	}
	for _, e := range []struct {
		is   error
		name string
	}{
		{cards.ErrMalformed, "malformed"}, {cards.ErrHost, "host"}, {cards.ErrUnknownKey, "unknown"}, {cards.ErrSignature, "signature"},
		{cards.ErrLapsed, "lapsed"}, {cards.ErrRevoked, "revoked"}, {cards.ErrPractice, "practice"}, {cards.ErrOutside, "outside"},
	} {
		if errors.Is(err, e.is) {
			return e.name
		}
	}
	return ""
}
