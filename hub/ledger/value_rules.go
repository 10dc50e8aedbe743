package ledger

// valueRules are about what points become: tickets, what shops are owed, and
// prizes.
func valueRules() []rule {
	return append(ticketRules(), append(spendRules(), append(prizeRules(), owedRules()...)...)...)
}

const ticketed = `'ticketed:' || a.scheme`

func ticketRules() []rule {
	const (
		granted  = `ticket x JOIN allotment a ON a.id = x.allotment`
		voided   = `ended x JOIN allotment a ON a.id = x.allotment AND a.kind = 19 JOIN ticket k ON k.allotment = x.allotment AND k.number = x.number`
		refOwner = `'account:' || x.account || ':' || a.scheme`
		taken    = `FROM ticket x JOIN lot_use u ON u.transfer = x.transfer`
		given    = `JOIN lot_use v ON v.transfer = t.seq AND v.lot = u.lot AND v.points = -u.points WHERE ` + refCard + ` = t.reference`
	)
	return []rule{
		{"ticket", "ticket %s has not its one transfer", fact(granted, `1 = 1`, refCard, kindTicket, refOwner, ticketed, `a.points`)},
		{"ticket", "transfer %s has no ticket", stray(kindTicket, `ticket x WHERE x.transfer = t.seq`, refCard)},
		{"ticket", "ticket %s is none of its allotment", `SELECT ` + refCard + ` FROM ` + granted + ` WHERE a.kind <> 19 OR x.number < 1 OR x.number > a.cards`},
		{"ticket", "ticket %s took other points than its own, or such as it outlasts", `SELECT ` + refCard + ` FROM ` + granted + `
			WHERE a.points <> COALESCE((SELECT SUM(u.points) FROM lot_use u WHERE u.transfer = x.transfer), 0)
			OR EXISTS (SELECT 1 FROM lot_use u JOIN lot o ON o.transfer = u.lot WHERE u.transfer = x.transfer
				AND (u.points <= 0 OR o.account <> x.account OR o.scheme <> a.scheme OR o.expires < a.expires))`},
		{"ticket", "ticket %s is known, or has ended, and was never granted", `SELECT ` + refCard + ` FROM issued x JOIN allotment a ON a.id = x.allotment
			LEFT JOIN ticket k ON k.allotment = x.allotment AND k.number = x.number WHERE a.kind = 19 AND k.allotment IS NULL`},
		{"return", "void ticket %s has not its one transfer", fact(voided, `x.state = 'void'`, refCard, kindReturn, ticketed,
			`'account:' || k.account || ':' || a.scheme`, `a.points`)},
		{"return", "transfer %s has no void ticket", stray(kindReturn, voided+` WHERE x.state = 'void'`, refCard)},
		{"return", "transfer %s gave back other points than the ticket took", `SELECT CAST(t.seq AS TEXT) FROM transfer t WHERE t.kind = 'return'
			AND ((SELECT COUNT(*) ` + taken + ` ` + given + `) <> (SELECT COUNT(*) FROM lot_use w WHERE w.transfer = t.seq)
			OR (SELECT COUNT(*) ` + taken + ` ` + given + `) <> (SELECT COUNT(*) ` + taken + ` WHERE ` + refCard + ` = t.reference))`},
		{"return", "lot %s was given back more than was taken", `SELECT CAST(u.lot AS TEXT) FROM lot_use u GROUP BY u.lot HAVING SUM(u.points) < 0`},
		{"lapse", "lapsed ticket %s has not its one transfer", fact(voided, `x.state = 'lapsed'`, refCard, kindLapse, ticketed, `'expired:' || a.scheme`, `a.points`)},
		{"ticketed", "%s: ticketed is not the tickets that have not ended", `SELECT a.scheme FROM allotment a GROUP BY a.scheme HAVING
			COALESCE((SELECT SUM(b.points) FROM ticket k JOIN allotment b ON b.id = k.allotment LEFT JOIN ended e ON e.allotment = k.allotment AND e.number = k.number
				WHERE b.scheme = a.scheme AND e.allotment IS NULL), 0) <> COALESCE((SELECT SUM(p.amount) FROM posting p WHERE p.account = ` + ticketed + `), 0)`},
	}
}

func spendRules() []rule {
	const spent = `ended x JOIN allotment a ON a.id = x.allotment`
	return []rule{
		{"spend", "spent ticket %s has not its one transfer", fact(spent, `x.state = 'spent'`, refCard, kindSpend, ticketed, `'partner:' || x.account || ':' || a.scheme`, `a.points`)},
		{"spend", "transfer %s has no spent ticket", stray(kindSpend, `ended x WHERE x.state = 'spent'`, refCard)},
		{"spend", "%s is spent and is no ticket, or nobody pressed for it", `SELECT ` + refCard + ` FROM ` + spent + `
			LEFT JOIN spent s ON s.allotment = x.allotment AND s.number = x.number AND s.partner = x.account AND s.at = x.at
			WHERE x.state = 'spent' AND (a.kind <> 19 OR s.allotment IS NULL)`},
		{"spend", "somebody pressed for %s, and it is not spent", `SELECT ` + refCard + ` FROM spent x
			LEFT JOIN ended e ON e.allotment = x.allotment AND e.number = x.number AND e.state = 'spent' WHERE e.allotment IS NULL`},
	}
}

func prizeRules() []rule {
	const (
		refSlip = `CAST(x.slip AS TEXT)`
		handed  = `FROM ended e JOIN allotment b ON b.id = e.allotment WHERE e.state = 'redeemed' AND e.account = 'prize:' || ` + refSlip
	)
	return []rule{
		{"prize", "slip %s has not its one transfer", `SELECT ` + refSlip + ` FROM prize_slip x WHERE 1 <> (SELECT COUNT(*) FROM transfer t
			JOIN posting f ON f.transfer = t.seq AND f.account = 'prize:' || x.scheme AND f.amount = -(x.points + x.surplus)
			JOIN posting g ON g.transfer = t.seq AND g.account = 'prized:' || x.scheme AND g.amount = x.points
			LEFT JOIN posting h ON h.transfer = t.seq AND h.amount = x.surplus AND h.account = CASE WHEN x.change = 0 THEN 'surplus:' ELSE 'change:' END || x.scheme
			WHERE t.kind = 'prize' AND t.reference = ` + refSlip + ` AND (x.surplus = 0) = (h.transfer IS NULL)
			AND CASE WHEN x.surplus = 0 THEN 2 ELSE 3 END = (SELECT COUNT(*) FROM posting n WHERE n.transfer = t.seq))`},
		{"prize", "transfer %s has no slip", stray(kindPrize, `prize_slip x WHERE 1 = 1`, refSlip)},
		{"prize", "slip %s is worth other cards than were handed in", `SELECT ` + refSlip + ` FROM prize_slip x WHERE x.points + x.surplus <> COALESCE((SELECT SUM(b.points) ` + handed + `), 0)
			OR EXISTS (SELECT 1 ` + handed + ` AND b.scheme <> x.scheme)`},
		{"prize", "card %s was handed in for no slip", `SELECT ` + refCard + ` FROM ended x WHERE x.account LIKE 'prize:%' AND NOT EXISTS
			(SELECT 1 FROM prize_slip p WHERE x.account = 'prize:' || CAST(p.slip AS TEXT))`},
		{"prize", "slip %s is not at the price of its prize, or names nobody", `SELECT ` + refSlip + ` FROM prize_slip x LEFT JOIN prize p ON p.id = x.prize AND p.revision = x.revision
			AND p.points = x.points AND p.scheme = x.scheme WHERE p.id IS NULL OR x.operator = '' OR x.operator = x.second`},
		{"stock", "slip %s did not take its one prize from the shelf", `SELECT ` + refSlip + ` FROM prize_slip x WHERE 1 <> (SELECT COUNT(*) FROM prize_stock s WHERE s.slip = x.slip)
			OR 1 <> (SELECT COUNT(*) FROM prize_stock s WHERE s.slip = x.slip AND s.change = -1 AND s.prize = x.prize AND s.person = x.operator AND s.at = x.at)`},
		{"stock", "of prize %s there are fewer than none", `SELECT s.prize FROM prize_stock s GROUP BY s.prize HAVING SUM(s.change) < 0`},
		{"stock", "what was taken for slip %s was taken for nothing", `SELECT ` + refSlip + ` FROM prize_stock x LEFT JOIN prize_slip p ON p.slip = x.slip WHERE x.slip <> 0 AND p.slip IS NULL`},
	}
}
