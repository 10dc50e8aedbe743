package hub

import (
	"testing"

	"pointkiosk/hub/schema/schematest"
)

// What the api and the pages do on SQLite they do on PostgreSQL. Left out is what
// touches no database, or is about time and not about what is kept.
func TestPostgres(t *testing.T) {
	schematest.Again(t, map[string]func(*testing.T){
		"Look":                    TestLook,
		"WaitingClaim":            TestWaitingClaim,
		"PartnerActivates":        TestPartnerActivates,
		"FromBalanceToShop":       TestFromBalanceToShop,
		"ShopRefuses":             TestShopRefuses,
		"ShopSession":             TestShopSession,
		"PrizeAtTheCounter":       TestPrizeAtTheCounter,
		"Entries":                 TestEntries,
		"APIRefuses":              TestAPIRefuses,
		"Health":                  TestHealth,
		"KioskHangsUp":            TestKioskHangsUp,
		"Claim":                   TestClaim,
		"Refusals":                TestRefusals,
		"AskForTheCheck":          TestAskForTheCheck,
		"VoidAndLapsed":           TestVoidAndLapsed,
		"OpenCard":                TestOpenCard,
		"FromCardToPhone":         TestFromCardToPhone,
		"Put":                     TestPut,
		"Deposit":                 TestDeposit,
		"DeskRefuses":             TestDeskRefuses,
		"ClosedProblem":           TestClosedProblem,
		"NoticeToClaimAgain":      TestNoticeToClaimAgain,
		"PasswordByCode":          TestPasswordByCode,
		"ClosedHasWords":          TestClosedHasWords,
		"ExpiredOnTheAccount":     TestExpiredOnTheAccount,
		"SignInAnswers":           TestSignInAnswers,
		"TheNextPerson":           TestTheNextPerson,
		"SessionSurvivesARestart": TestSessionSurvivesARestart,
		"TwoTabs":                 TestTwoTabs,
		"LogNamesTheRoute":        TestLogNamesTheRoute,
		"SwitchIsKept":            TestSwitchIsKept,
		"CodesAreGuessedSlowly":   TestCodesAreGuessedSlowly,
		"NewPhoneBehindTheProxy":  TestNewPhoneBehindTheProxy,
		"ForgedForms":             TestForgedForms,
	})
}
