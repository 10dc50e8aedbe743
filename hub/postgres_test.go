package hub

import (
	"testing"

	"pointkiosk/hub/schema/schematest"
)

func TestPostgres(t *testing.T) {
	schematest.Again(t, map[string]func(*testing.T){
		"Entries":                 TestEntries,
		"APIRefuses":              TestAPIRefuses,
		"Busy":                    TestBusy,
		"Health":                  TestHealth,
		"LogNamesTheRoute":        TestLogNamesTheRoute,
		"KioskHangsUp":            TestKioskHangsUp,
		"Claim":                   TestClaim,
		"Refusals":                TestRefusals,
		"AskForTheCheck":          TestAskForTheCheck,
		"VoidAndLapsed":           TestVoidAndLapsed,
		"EveryRefusalHasWords":    TestEveryRefusalHasWords,
		"OpenCard":                TestOpenCard,
		"CardCookieEnds":          TestCardCookieEnds,
		"FromCardToPhone":         TestFromCardToPhone,
		"Put":                     TestPut,
		"Deposit":                 TestDeposit,
		"DeskRefuses":             TestDeskRefuses,
		"LateProblem":             TestLateProblem,
		"ClosedProblem":           TestClosedProblem,
		"NoticeToClaimAgain":      TestNoticeToClaimAgain,
		"Language":                TestLanguage,
		"OneWordForEachThing":     TestOneWordForEachThing,
		"SwitchIsKept":            TestSwitchIsKept,
		"Seal":                    TestSeal,
		"PasswordByCode":          TestPasswordByCode,
		"CodesAreGuessedSlowly":   TestCodesAreGuessedSlowly,
		"SampleProxyKeepsNoCard":  TestSampleProxyKeepsNoCard,
		"ProxyCanaryFindsFaults":  TestProxyCanaryFindsFaults,
		"ClosedHasWords":          TestClosedHasWords,
		"ExpiredOnTheAccount":     TestExpiredOnTheAccount,
		"SignInAnswers":           TestSignInAnswers,
		"FromOf":                  TestFromOf,
		"NewPhoneBehindTheProxy":  TestNewPhoneBehindTheProxy,
		"SlowAndBusy":             TestSlowAndBusy,
		"ForgedForms":             TestForgedForms,
		"TheNextPerson":           TestTheNextPerson,
		"SessionSurvivesARestart": TestSessionSurvivesARestart,
		"TwoTabs":                 TestTwoTabs,
	})
}
