package registry

import (
	"testing"

	"pointkiosk/hub/schema/schematest"
)

// What the registry does on SQLite it does on PostgreSQL. Left out is what
// touches no database, and the arithmetic of guessing.
func TestPostgres(t *testing.T) {
	schematest.Again(t, map[string]func(*testing.T){
		"LeaseOfOtherTerms":           TestLeaseOfOtherTerms,
		"Lost":                        TestLost,
		"LostComesLate":               TestLostComesLate,
		"ComesAgain":                  TestComesAgain,
		"ComesAgainElsewhere":         TestComesAgainElsewhere,
		"ComesAgainTurned":            TestComesAgainTurned,
		"ComesAgainAtOnce":            TestComesAgainAtOnce,
		"ComesAgainClockBack":         TestComesAgainClockBack,
		"PartnerRefuses":              TestPartnerRefuses,
		"PartnerSession":              TestPartnerSession,
		"Rulings":                     TestRulings,
		"WhatIsKept":                  TestWhatIsKept,
		"HolderWaits":                 TestHolderWaits,
		"RefusedGo":                   TestRefusedGo,
		"AnyOrder":                    TestAnyOrder,
		"AtTheSameTime":               TestAtTheSameTime,
		"Rebind":                      TestRebind,
		"RebindAfterRegister":         TestRebindAfterRegister,
		"AllowedRebind":               TestAllowedRebind,
		"RebindPolled":                TestRebindPolled,
		"OfferedIsForgotten":          TestOfferedIsForgotten,
		"LeaseGivenTwiceForItsOwnID":  TestLeaseGivenTwiceForItsOwnID,
		"Join":                        TestJoin,
		"Delete":                      TestDelete,
		"DeleteLeavesNoID":            TestDeleteLeavesNoID,
		"DeleteByFormerID":            TestDeleteByFormerID,
		"DeleteForgetsWhoHadAnID":     TestDeleteForgetsWhoHadAnID,
		"FormerIDOpensNothing":        TestFormerIDOpensNothing,
		"SignInAgain":                 TestSignInAgain,
		"LeaseGivenTwice":             TestLeaseGivenTwice,
		"Key":                         TestKey,
		"Add":                         TestAdd,
		"SignIn":                      TestSignIn,
		"Session":                     TestSession,
		"NewDeviceIsTold":             TestNewDeviceIsTold,
		"Sitting":                     TestSitting,
		"Deposits":                    TestDeposits,
		"KeysOfCards":                 TestKeysOfCards,
		"LimitsByDevice":              TestLimitsByDevice,
		"RebindIsGuessedSlowly":       TestRebindIsGuessedSlowly,
		"SessionOfAClockThatWasAhead": TestSessionOfAClockThatWasAhead,
	})
}
