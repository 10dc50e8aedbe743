package ledger

import "slices"

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
	return `SELECT CAST(t.seq AS TEXT) FROM transfer t WHERE t.kind = '` + kind + `' AND t.reference NOT IN (SELECT ` + ref + ` FROM ` + facts + `)`
}

func rules() []rule {
	return slices.Concat(factRules(), stateRules(), decisionRules(), expireRules(), valueRules(), reversalRules(), timeRules(), answerRules(), unvoidRules(), batchRules())
}

func factRules() []rule {
	const (
		outstanding = `'outstanding:' || a.scheme`
		allotment   = `'allotment:' || CAST(a.id AS TEXT)`
		cardsIssued = `issued x JOIN allotment a ON a.id = x.allotment AND a.kind <> 19` // tickets have rules of their own
		cardsEnded  = `ended x JOIN allotment a ON a.id = x.allotment AND a.kind <> 19`
		holder      = `CASE WHEN x.account LIKE 'prize:%' THEN 'prize:' || a.scheme ELSE 'account:' || x.account || ':' || a.scheme END`
	)
	return []rule{
		{"grant", "allotment %s has not its one transfer", fact(`allotment a`, `a.practice = 0 AND a.kind <> 19 AND a.batch = 0`, refID, kindGrant, `'funding:' || a.scheme`, allotment, `a.points * a.cards`)},
		{"issue", "card %s has not its one transfer", fact(cardsIssued, `1 = 1`, refCard, kindIssue, allotment, outstanding, `a.points`)},
		{"redeem", "redeemed card %s has not its one transfer", fact(cardsEnded, `x.state = 'redeemed'`, refCard, kindRedeem, outstanding, holder, `a.points`)},
		{"void", "void card %s has not its one transfer", fact(cardsEnded, `x.state = 'void'`, refCard, kindVoid, outstanding, `'void:' || a.scheme`, `a.points`)},
		{"lapse", "lapsed card %s has not its one transfer", fact(cardsEnded, `x.state = 'lapsed'`, refCard, kindLapse, outstanding, `'lapsed:' || a.scheme`, `a.points`)},
		{"grant", "transfer %s has no allotment", stray(kindGrant, `allotment a WHERE a.practice = 0 AND a.kind <> 19 AND a.batch = 0`, refID)},
		{"issue", "transfer %s has no card", stray(kindIssue, cardsIssued+` WHERE 1 = 1`, refCard)},
		{"redeem", "transfer %s has no redeemed card", stray(kindRedeem, cardsEnded+` WHERE x.state = 'redeemed'`, refCard)},
		{"void", "transfer %s has no void card", stray(kindVoid, cardsEnded+` WHERE x.state = 'void' UNION ALL SELECT `+refCard+` FROM unvoided x`, refCard)},
		{"lapse", "transfer %s has no lapsed card", stray(kindLapse, `ended x WHERE x.state = 'lapsed'`, refCard)},
		{"kind", "transfer %s is of no kind known here", `SELECT CAST(seq AS TEXT) FROM transfer WHERE kind NOT IN ('grant', 'issue', 'redeem', 'void', 'lapse', 'expire', 'ticket', 'return', 'spend', 'prize', 'owe', 'pay', 'decide', 'restore', 'unvoid', 'reverse', 'reversal', 'paid', 'owed', 'terms', 'slip', 'stock', 'activate', 'rule', 'range', 'may', 'may not')`},
	}
}

func stateRules() []rule {
	return []rule{
		{"card ends", "card %s ended and was never issued", `SELECT ` + refCard + ` FROM ended x LEFT JOIN issued i ON i.allotment = x.allotment AND i.number = x.number WHERE i.allotment IS NULL`},
		{"card ends", "card %s ended in no way known here", `SELECT ` + refCard + ` FROM ended x WHERE x.state NOT IN ('redeemed', 'spent', 'void', 'lapsed')`},
		{"count", "card %s is outside its allotment", `SELECT ` + refCard + ` FROM issued x LEFT JOIN allotment a ON a.id = x.allotment
			WHERE a.id IS NULL OR x.number < 1 OR x.number > a.cards OR a.practice <> 0`},
		{"outstanding", "%s: signed is not redeemed + void + lapsed + outstanding", `SELECT a.scheme FROM allotment a WHERE a.practice = 0 AND a.kind <> 19 GROUP BY a.scheme HAVING
			COALESCE((SELECT SUM(b.points) FROM issued i JOIN allotment b ON b.id = i.allotment WHERE b.scheme = a.scheme AND b.kind <> 19), 0)
			<> COALESCE((SELECT SUM(b.points) FROM ended e JOIN allotment b ON b.id = e.allotment WHERE b.scheme = a.scheme AND b.kind <> 19), 0)
			+ COALESCE((SELECT SUM(p.amount) FROM posting p WHERE p.account = 'outstanding:' || a.scheme), 0)`},
		{"below zero", "%s is below zero", `SELECT account FROM posting WHERE account NOT LIKE 'funding:%' GROUP BY account HAVING SUM(amount) < 0`},
		{"lots", "%s: the lots are not the balance", `SELECT 'account:' || o.account || ':' || o.scheme FROM lot o GROUP BY o.account, o.scheme
			HAVING SUM(` + lotLeft + `) <> COALESCE((SELECT SUM(p.amount) FROM posting p WHERE p.account = 'account:' || o.account || ':' || o.scheme), 0)`},
		{"lots", "transfer %s has no lot of its points", `SELECT CAST(t.seq AS TEXT) FROM transfer t JOIN posting p ON p.transfer = t.seq AND p.amount > 0
			LEFT JOIN lot o ON o.transfer = t.seq AND o.points = p.amount AND p.account = 'account:' || o.account || ':' || o.scheme
			WHERE t.kind = 'redeem' AND p.account LIKE 'account:%' AND o.transfer IS NULL`},
		{"once a day", "redeemed card %s has not used its account's day", `SELECT ` + refCard + ` FROM ended x JOIN allotment a ON a.id = x.allotment
			LEFT JOIN reversal v ON v.allotment = x.allotment AND v.number = x.number
			LEFT JOIN claimed_day c ON c.account = COALESCE(v.heir, x.account) AND c.event = a.event AND c.day = a.day AND c.allotment = x.allotment AND c.number = x.number
			WHERE x.state = 'redeemed' AND a.once_per_day = 1 AND x.account NOT LIKE 'prize:%' AND COALESCE(v.heir, x.account) <> '' AND c.account IS NULL`},
		{"journal", "accepted card %s is not issued", `SELECT ` + refCard + ` FROM judged x LEFT JOIN issued i ON i.allotment = x.allotment AND i.number = x.number
			WHERE x.state = 'signed' AND x.verdict = 'accepted' AND i.allotment IS NULL`},
		{"journal", "issued card %s has no entry", `SELECT ` + refCard + ` FROM issued x WHERE x.source = 'entry' AND 1 <> (SELECT COUNT(*) FROM judged j
			WHERE j.allotment = x.allotment AND j.number = x.number AND j.state = 'signed' AND j.verdict = 'accepted')`},
		{"journal", "the verdicts on key %s have a gap", `SELECT CAST(key_id AS TEXT) FROM judged GROUP BY key_id HAVING MAX(seq) <> COUNT(*) OR MIN(seq) <> 1`},
	}
}

// decisionRules are about cards of compromised keys: none is worth anything
// before an entry in time, or a person, vouches for it.
func decisionRules() []rule {
	const (
		compromised = `revocation r ON r.key_id = a.key_id AND r.how = 'compromised'`
		inTime      = `EXISTS (SELECT 1 FROM judged j WHERE j.allotment = x.allotment AND j.number = x.number AND j.key_id = a.key_id
			AND j.state = 'signed' AND j.verdict = 'accepted'
			AND j.seq < (SELECT MIN(s.since) FROM revocation_step s WHERE s.key_id = a.key_id AND s.at < x.at))` // as it was known when it was redeemed
	)
	return []rule{
		{"disputed", "disputed card %s was redeemed, and nobody accepted it", `SELECT ` + refCard + ` FROM ended x JOIN allotment a ON a.id = x.allotment JOIN ` + compromised + `
			LEFT JOIN decided d ON d.allotment = x.allotment AND d.number = x.number AND d.outcome IN ('good', 'kept')
			WHERE x.state = 'redeemed' AND x.at > r.at AND d.allotment IS NULL AND NOT ` + inTime + `
			AND NOT EXISTS (` + vouching(` AND s.at < x.at`) + `)`},
		{"disputed", "card %s is issued by the word of nobody", `SELECT ` + refCard + ` FROM issued x
			LEFT JOIN decided d ON d.allotment = x.allotment AND d.number = x.number AND d.outcome IN ('good', 'void', 'kept', 'refused')
			WHERE x.source NOT IN ('entry', 'card', 'activated') AND d.allotment IS NULL AND NOT (x.source = 'ticket' AND EXISTS
				(SELECT 1 FROM ticket k WHERE k.allotment = x.allotment AND k.number = x.number))`},
		{"decision", "card %s was refused and gave points", `SELECT ` + refCard + ` FROM decided x JOIN ended e ON e.allotment = x.allotment AND e.number = x.number
			WHERE x.outcome = 'refused' AND e.state = 'redeemed'`},
		{"decision", "card %s was refused, and its points are still outstanding", `SELECT ` + refCard + ` FROM decided x JOIN issued i ON i.allotment = x.allotment AND i.number = x.number
			LEFT JOIN ended e ON e.allotment = x.allotment AND e.number = x.number WHERE x.outcome = 'refused' AND e.allotment IS NULL`},
		{"decision", "card %s was decided to be void and is not", `SELECT ` + refCard + ` FROM decided x LEFT JOIN ended e ON e.allotment = x.allotment AND e.number = x.number AND e.state = 'void'
			WHERE x.outcome = 'void' AND e.allotment IS NULL`},
		{"restored", "card %s may have been redeemed before a backup was put back, and was redeemed by nobody's decision", `SELECT ` + refCard + ` FROM ended x
			JOIN allotment a ON a.id = x.allotment LEFT JOIN decided d ON d.allotment = x.allotment AND d.number = x.number
			WHERE x.state IN ('redeemed', 'spent') AND d.allotment IS NULL AND EXISTS (` + lostClaim + ` AND x.at >= v.at)`},
		{"decision", "card %s was decided in no way known here, or nobody had to decide", `SELECT ` + refCard + ` FROM decided x LEFT JOIN allotment a ON a.id = x.allotment
			LEFT JOIN ` + compromised + ` LEFT JOIN decision n ON n.id = x.decision
			WHERE x.outcome NOT IN ('good', 'void', 'refused', 'kept') OR r.key_id IS NULL AND a.batch = 0 AND NOT EXISTS (` + lostClaim + `) OR n.id IS NULL OR (n.accepted = 1) <> (x.outcome IN ('good', 'void'))`},
		{"decision", "decision %s is not about the cards that the person saw", `SELECT CAST(n.id AS TEXT) FROM decision n WHERE n.person = '' OR n.reason = ''
			OR n.cards <> (SELECT COUNT(*) FROM decided d WHERE d.decision = n.id)
			OR n.points <> (SELECT COALESCE(SUM(a.points), 0) FROM decided d JOIN allotment a ON a.id = d.allotment WHERE d.decision = n.id)`},
		{"kept claim", "card %s was accepted, and who claimed it before has no points", `SELECT ` + refCard + ` FROM decided x JOIN decision n ON n.id = x.decision
			JOIN allotment a ON a.id = x.allotment JOIN kept_claim k ON k.allotment = x.allotment AND k.number = x.number AND k.at <= n.at
			JOIN issued i ON i.allotment = x.allotment AND i.number = x.number AND i.digest = k.digest
			JOIN signing_key h ON h.id = a.key_id AND k.at < h.honoured_until AND k.at < (a.expires + 1) * 86400000 - 32400000
			LEFT JOIN ended e ON e.allotment = x.allotment AND e.number = x.number AND e.state IN ('redeemed', 'void')
			LEFT JOIN claimed_day c ON a.once_per_day = 1 AND c.account = k.account AND c.event = a.event AND c.day = a.day
			WHERE x.outcome IN ('good', 'kept') AND e.allotment IS NULL AND c.account IS NULL AND NOT EXISTS (SELECT 1 FROM reversal v
				JOIN allotment b ON b.id = v.allotment WHERE v.account = k.account AND b.event = a.event AND b.day = a.day) GROUP BY x.allotment, x.number`},
		{"kept claim", "card %s was decided, and a claim was kept for later", `SELECT ` + refCard + ` FROM decided x JOIN decision n ON n.id = x.decision
			JOIN kept_claim k ON k.allotment = x.allotment AND k.number = x.number WHERE k.at > n.at`},
	}
}
