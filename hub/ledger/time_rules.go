package ledger

// dated is a query that finds facts of another time than the transfer that
// wrote them down.
func dated(from, ref, kind string) string {
	return `SELECT ` + ref + ` FROM ` + from + ` JOIN transfer t ON t.kind = ` + kind + ` AND t.reference = ` + ref + ` WHERE t.at <> x.at`
}

// timeRules are about when things happened: months are settled by it, and points
// end by it. What stands beside the chain of transfers has its times.
func timeRules() []rule {
	const (
		ended = `ended x JOIN allotment a ON a.id = x.allotment`
		ends  = `CASE x.state WHEN 'redeemed' THEN 'redeem' WHEN 'spent' THEN 'spend' WHEN 'lapsed' THEN 'lapse'
			ELSE CASE WHEN a.kind = 19 THEN 'return' ELSE 'void' END END`
		refSlip = `CAST(x.slip AS TEXT)`
		given   = `(t.at + 32400000) / 86400000 + a.point_days` // Japan's days begin nine hours before UTC's
	)
	return []rule{
		{"time", "card %s ended at another time than its transfer says", dated(ended, refCard, ends)},
		{"time", "card %s became known at another time than its transfer says", dated(`issued x`, refCard, `'issue'`)},
		{"time", "ticket %s was granted at another time than its transfer says", dated(`ticket x`, refCard, `'ticket'`)},
		{"time", "slip %s is of another time than its transfer says", dated(`prize_slip x`, refSlip, `'prize'`)},
		{"time", "what is owed on slip %s is of another time than its transfer says", dated(`prize_owed x`, refSlip, `'owe'`)},
		{"expire", "the points of card %s end on another day than its allotment says", `SELECT ` + refCard + ` FROM ` + ended + `
			JOIN transfer t ON t.kind = 'redeem' AND t.reference = ` + refCard + ` JOIN lot o ON o.transfer = t.seq
			WHERE o.expires <> CASE WHEN ` + given + ` > 65535 THEN 65535 ELSE ` + given + ` END`},
		{"once a day", "%s has used a day without a card of it", `SELECT x.account FROM claimed_day x LEFT JOIN allotment a ON a.id = x.allotment
			LEFT JOIN ended e ON e.allotment = x.allotment AND e.number = x.number AND e.state = 'redeemed'
			LEFT JOIN reversal v ON v.allotment = x.allotment AND v.number = x.number
			WHERE e.account IS NULL OR a.event <> x.event OR a.day <> x.day OR x.account <> e.account AND x.account <> COALESCE(v.heir, '')`},
	}
}

// answerRules are about what kiosks were told: what they ask for again moves
// nothing only as long as the answer is there.
func answerRules() []rule {
	const (
		asked  = `SELECT CAST(q.key_id AS TEXT) || '/' || CAST(q.at AS TEXT) FROM value_request q`
		ticket = `ticket x JOIN allotment a ON a.id = x.allotment`
	)
	return []rule{
		{"answer", "ticket %s was granted and nobody was told", `SELECT ` + refCard + ` FROM ` + ticket + `
			WHERE CAST(a.key_id AS TEXT) || '/' || CAST(x.at AS TEXT) NOT IN (` + asked + `)`},
		{"answer", "slip %s was made and nobody was told", `SELECT CAST(x.slip AS TEXT) FROM prize_slip x
			WHERE CAST(x.key_id AS TEXT) || '/' || CAST(x.at AS TEXT) NOT IN (` + asked + `)`},
		{"answer", "key %s was granted more tickets and prizes than answers", `SELECT CAST(y.key_id AS TEXT) FROM
			(SELECT a.key_id FROM ` + ticket + ` UNION ALL SELECT x.key_id FROM prize_slip x) y GROUP BY y.key_id
			HAVING COUNT(*) > (SELECT COUNT(*) FROM value_request q WHERE q.key_id = y.key_id)`},
	}
}
