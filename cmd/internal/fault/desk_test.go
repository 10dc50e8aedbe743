package fault

const deskEnv = "POINTKIOSK_TEST_DESK"

func beDesk(string) int { return 0 }
