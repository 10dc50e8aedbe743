package ledger

// A rule is a query that returns one text for each thing that is wrong, and
// the words to say it in.
type rule struct{ name, words, query string }

// ref names a card or an allotment as transfers do.
const (
	refCard = `CAST(x.allotment AS TEXT) || '/' || CAST(x.number AS TEXT)`
	refID   = `CAST(a.id AS TEXT)`
)

// fact is a query that finds facts without exactly the one transfer that they
// are worth: right kind, reference, points, and both accounts.
func fact(from, where, ref, kind, source, target, points string) string {
	return `SELECT ` + ref + ` FROM ` + from + ` WHERE ` + where + ` AND 1 <> (SELECT COUNT(*) FROM transfer t
		JOIN posting f ON f.transfer = t.seq AND f.account = ` + source + ` AND f.amount = -(` + points + `)
		JOIN posting g ON g.transfer = t.seq AND g.account = ` + target + ` AND g.amount = ` + points + `
		WHERE t.kind = '` + kind + `' AND t.reference = ` + ref + `
		AND 2 = (SELECT COUNT(*) FROM posting n WHERE n.transfer = t.seq))`
}

// stray is a query that finds transfers of a kind that no fact asks for.
func stray(kind, facts, ref string) string {
	return `SELECT CAST(t.seq AS TEXT) FROM transfer t WHERE t.kind = '` + kind + `' AND NOT EXISTS (SELECT 1 FROM ` + facts + ` AND ` + ref + ` = t.reference)`
}

func rules() []rule {
	return append(factRules(), stateRules()...)
}

func factRules() []rule {
	const (
		outstanding = `'outstanding:' || a.scheme`
		allotment   = `'allotment:' || CAST(a.id AS TEXT)`
		cardsIssued = `issued x JOIN allotment a ON a.id = x.allotment`
		cardsEnded  = `ended x JOIN allotment a ON a.id = x.allotment`
	)
	return []rule{
		{"grant", "allotment %s has not its one transfer", fact(`allotment a`, `a.practice = 0`, refID, kindGrant, `'funding:' || a.scheme`, allotment, `a.points * a.cards`)},
		{"issue", "card %s has not its one transfer", fact(cardsIssued, `1 = 1`, refCard, kindIssue, allotment, outstanding, `a.points`)},
		{"redeem", "redeemed card %s has not its one transfer", fact(cardsEnded, `x.state = 'redeemed'`, refCard, kindRedeem, outstanding, `'account:' || x.account || ':' || a.scheme`, `a.points`)},
		{"void", "void card %s has not its one transfer", fact(cardsEnded, `x.state = 'void'`, refCard, kindVoid, outstanding, `'void:' || a.scheme`, `a.points`)},
		{"lapse", "lapsed card %s has not its one transfer", fact(cardsEnded, `x.state = 'lapsed'`, refCard, kindLapse, outstanding, `'lapsed:' || a.scheme`, `a.points`)},
		{"grant", "transfer %s has no allotment", stray(kindGrant, `allotment a WHERE a.practice = 0`, refID)},
		{"issue", "transfer %s has no card", stray(kindIssue, `issued x WHERE 1 = 1`, refCard)},
		{"redeem", "transfer %s has no redeemed card", stray(kindRedeem, `ended x WHERE x.state = 'redeemed'`, refCard)},
		{"void", "transfer %s has no void card", stray(kindVoid, `ended x WHERE x.state = 'void'`, refCard)},
		{"lapse", "transfer %s has no lapsed card", stray(kindLapse, `ended x WHERE x.state = 'lapsed'`, refCard)},
		{"kind", "transfer %s is of no kind known here", `SELECT CAST(seq AS TEXT) FROM transfer WHERE kind NOT IN ('grant', 'issue', 'redeem', 'void', 'lapse')`},
	}
}

func stateRules() []rule {
	return []rule{
		{"card ends", "card %s ended and was never issued", `SELECT ` + refCard + ` FROM ended x LEFT JOIN issued i ON i.allotment = x.allotment AND i.number = x.number WHERE i.allotment IS NULL`},
		{"card ends", "card %s ended in no way known here", `SELECT ` + refCard + ` FROM ended x WHERE x.state NOT IN ('redeemed', 'void', 'lapsed')`},
		{"count", "card %s is outside its allotment", `SELECT ` + refCard + ` FROM issued x LEFT JOIN allotment a ON a.id = x.allotment
			WHERE a.id IS NULL OR x.number < 1 OR x.number > a.cards OR a.practice <> 0`},
		{"outstanding", "%s: signed is not redeemed + void + lapsed + outstanding", `SELECT a.scheme FROM allotment a WHERE a.practice = 0 GROUP BY a.scheme HAVING
			COALESCE((SELECT SUM(b.points) FROM issued i JOIN allotment b ON b.id = i.allotment WHERE b.scheme = a.scheme), 0)
			<> COALESCE((SELECT SUM(b.points) FROM ended e JOIN allotment b ON b.id = e.allotment WHERE b.scheme = a.scheme), 0)
			+ COALESCE((SELECT SUM(p.amount) FROM posting p WHERE p.account = 'outstanding:' || a.scheme), 0)`},
		{"below zero", "%s is below zero", `SELECT account FROM posting WHERE account NOT LIKE 'funding:%' GROUP BY account HAVING SUM(amount) < 0`},
		{"lots", "%s: the lots are not the balance", `SELECT 'account:' || o.account || ':' || o.scheme FROM lot o GROUP BY o.account, o.scheme
			HAVING SUM(o.points) <> COALESCE((SELECT SUM(p.amount) FROM posting p WHERE p.account = 'account:' || o.account || ':' || o.scheme), 0)`},
		{"lots", "transfer %s has no lot of its points", `SELECT CAST(t.seq AS TEXT) FROM transfer t JOIN posting p ON p.transfer = t.seq AND p.amount > 0
			LEFT JOIN lot o ON o.transfer = t.seq AND o.points = p.amount AND p.account = 'account:' || o.account || ':' || o.scheme
			WHERE t.kind = 'redeem' AND o.transfer IS NULL`},
		{"once a day", "redeemed card %s has not used its account's day", `SELECT ` + refCard + ` FROM ended x JOIN allotment a ON a.id = x.allotment
			LEFT JOIN claimed_day c ON c.account = x.account AND c.event = a.event AND c.day = a.day AND c.allotment = x.allotment AND c.number = x.number
			WHERE x.state = 'redeemed' AND a.once_per_day = 1 AND c.account IS NULL`},
		{"journal", "accepted card %s is not issued", `SELECT ` + refCard + ` FROM judged x LEFT JOIN issued i ON i.allotment = x.allotment AND i.number = x.number
			WHERE x.state = 'signed' AND x.verdict = 'accepted' AND i.allotment IS NULL`},
		{"journal", "issued card %s has no entry", `SELECT ` + refCard + ` FROM issued x WHERE x.source = 'entry' AND 1 <> (SELECT COUNT(*) FROM judged j
			WHERE j.allotment = x.allotment AND j.number = x.number AND j.state = 'signed' AND j.verdict = 'accepted')`},
		{"journal", "the verdicts on key %s have a gap", `SELECT CAST(key_id AS TEXT) FROM judged GROUP BY key_id HAVING MAX(seq) <> COUNT(*) OR MIN(seq) <> 1`},
	}
}
