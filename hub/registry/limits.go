package registry

import (
	"net/netip"
	"time"

	"pointkiosk/cards"
)

// A Rate allows Burst tries at once and then one in every Every.
type Rate struct {
	Burst int
	Every time.Duration
}

// Limits slow guessing down. A try is given back when the password was right,
// so that whoever knows it is never slowed.
//
// A device that is strange to the account draws on the tries that its place
// (its network address) has of its own, and when they are used up on those that
// all places share.
type Limits struct {
	Known  Rate // one device that signed in to this account before
	Device Rate // one strange device, over all accounts
	Place  Rate // one place's own tries at this account
	Places Rate // the own tries of all places together, at this account; in a line when they are used up
	Shared Rate // the tries at this account that are nobody's own
	Kiosk  Rate // passwords at one kiosk, over all accounts
	Ask    Rate // applications that one kiosk begins
	Holder Rate // slip codes, and changes of ID, that one account has
}

// DefaultLimits keeps what the package doc promises. At one account strangers
// have, from however many places, at most 260 + 480 tries of their own on the
// first day and 10 + 288 shared ones, so 1,038, and 768 on each day after; from
// 50 places 948 and 688. Places holds more than 50 times Place's burst and is
// refilled faster than 50 places empty it: up to there nobody waits for another.
func DefaultLimits() Limits {
	return Limits{
		Known:  Rate{Burst: 10, Every: 30 * time.Second},
		Device: Rate{Burst: 10, Every: time.Minute},
		Place:  Rate{Burst: 5, Every: 3 * time.Hour},
		Places: Rate{Burst: 260, Every: 3 * time.Minute},
		Shared: Rate{Burst: 10, Every: 5 * time.Minute},
		Kiosk:  Rate{Burst: 60, Every: 10 * time.Second},
		Ask:    Rate{Burst: 60, Every: 3 * time.Second},
		Holder: Rate{Burst: 5, Every: 3 * time.Hour},
	}
}

// ways names the buckets that a sign-in may draw on: all of the first way, or
// else all of the next. A known device has its own, which strangers can't empty.
func (r *Registry) ways(account cards.MyKeyID, device, place string, known bool) [][]try {
	limits, name := r.opts.Limits, account.String()
	if known {
		return [][]try{{{key: "known " + name + " " + device, rate: limits.Known}}}
	}
	own := try{key: "device " + device, rate: limits.Device}
	return [][]try{
		{own, {key: "place " + name + " " + place, rate: limits.Place}, {key: "places " + name, rate: limits.Places, line: place}},
		{own, {key: "shared " + name, rate: limits.Shared}},
	}
}

// kioskWays are the ways of who types a password at a kiosk, or asks there for an
// account by staff's word: a kiosk is a place of its own, and sees more people than
// a device does. What is asked for by staff's word has another name, so that neither
// slows the other down.
func (r *Registry) kioskWays(name, kiosk string) [][]try {
	limits := r.opts.Limits
	own := try{key: "kiosk " + kiosk, rate: limits.Kiosk}
	return [][]try{
		{own, {key: "place " + name + " " + kiosk, rate: limits.Place}, {key: "places " + name, rate: limits.Places, line: kiosk}},
		{own, {key: "shared " + name, rate: limits.Shared}},
	}
}

// placeOf names the place of an address: an IPv4 address, or the /48 that a
// site is given of IPv6 (RFC 6177), which costs a guesser no more than one
// address. Unknown addresses are one place.
func placeOf(from netip.Addr) string {
	if from = from.Unmap().WithZone(""); !from.Is6() {
		return from.String()
	}
	return netip.PrefixFrom(from, 48).Masked().String()
}
