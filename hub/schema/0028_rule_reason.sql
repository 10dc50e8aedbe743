-- 0028_rule_reason.sql: who lowers a budget, or takes it back, has a reason. A budget of 0 yen is none.
ALTER TABLE money_rule ADD COLUMN reason TEXT NOT NULL DEFAULT '';
