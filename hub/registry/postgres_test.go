package registry

import (
	"testing"

	"pointkiosk/hub/schema/schematest"
)

func TestPostgres(t *testing.T) {
	schematest.Again(t, map[string]func(*testing.T){
		"Rulings":                        TestRulings,
		"KeysOfCards":                    TestKeysOfCards,
		"WhatIsKept":                     TestWhatIsKept,
		"HolderWaits":                    TestHolderWaits,
		"RefusedGo":                      TestRefusedGo,
		"GuessesADay":                    TestGuessesADay,
		"NewPhoneUnderAGuesser":          TestNewPhoneUnderAGuesser,
		"PlaceOf":                        TestPlaceOf,
		"GuessingIsSlowAndTheOwnerIsNot": TestGuessingIsSlowAndTheOwnerIsNot,
		"LimitsByDevice":                 TestLimitsByDevice,
		"Busy":                           TestBusy,
		"ClockAheadLocksNobodyOut":       TestClockAheadLocksNobodyOut,
		"Hash":                           TestHash,
		"Reference":                      TestReference,
		"DamagedHashes":                  TestDamagedHashes,
		"AnyOrder":                       TestAnyOrder,
		"AtTheSameTime":                  TestAtTheSameTime,
		"Rebind":                         TestRebind,
		"RebindIsGuessedSlowly":          TestRebindIsGuessedSlowly,
		"Join":                           TestJoin,
		"Delete":                         TestDelete,
		"Key":                            TestKey,
		"AsksAreSlowed":                  TestAsksAreSlowed,
		"Add":                            TestAdd,
		"SignIn":                         TestSignIn,
		"UnknownIDTakesAsLong":           TestUnknownIDTakesAsLong,
		"Session":                        TestSession,
		"SessionOfAClockThatWasAhead":    TestSessionOfAClockThatWasAhead,
		"NewDeviceIsTold":                TestNewDeviceIsTold,
		"Sitting":                        TestSitting,
		"Deposits":                       TestDeposits,
		"ThrottleForgets":                TestThrottleForgets,
		"Line":                           TestLine,
		"GateIsFairByPlace":              TestGateIsFairByPlace,
		"GateGivenUp":                    TestGateGivenUp,
	})
}
