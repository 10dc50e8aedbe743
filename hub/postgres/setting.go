package postgres

import (
	"context"
	"fmt"
	"slices"
	"strconv"
)

// A SettingError reports a setting of the server or of the database with which
// the hub won't work.
type SettingError struct{ Name, Is, Want string }

func (e *SettingError) Error() string {
	return fmt.Sprintf("postgres: %s is %s, not %s", e.Name, e.Is, e.Want)
}

// oldest is the first version that is tried: 15.0 (server_version_num).
const oldest = 150000

// settings must be as here. With the first three a claim that was acknowledged
// survives a power cut; the fourth lets foreign keys count; a standby only
// follows; the last is what the tables' texts are.
func settings() []setting {
	return []setting{
		{"synchronous_commit", []string{"on", "remote_apply"}},
		{"fsync", []string{"on"}},
		{"full_page_writes", []string{"on"}},
		{"session_replication_role", []string{"origin"}},
		{"in_hot_standby", []string{"off"}},
		{"server_encoding", []string{"UTF8"}},
	}
}

type setting struct {
	name string
	good []string
}

// trusted refuses a server by its settings, and keeps synchronous_commit for
// this session whatever is set for the server later.
func trusted(ctx context.Context, c conn) error {
	version, err := ask(ctx, c, `SHOW server_version_num`)
	if err != nil {
		return err
	}
	if n, err := strconv.Atoi(version[0]); err != nil || n < oldest {
		return &SettingError{"server_version_num", version[0], fmt.Sprintf("%d or later", oldest)}
	}
	for _, s := range settings() {
		is, err := ask(ctx, c, `SHOW `+s.name)
		if err != nil {
			return err
		}
		if !slices.Contains(s.good, is[0]) {
			return &SettingError{s.name, is[0], s.good[0]}
		}
	}
	if err := sorted(ctx, c); err != nil {
		return err
	}
	return run(ctx, c, `SELECT set_config('synchronous_commit', current_setting('synchronous_commit'), false)`)
}

// sorted refuses a database that sorts texts in another order than that of
// their bytes: reports, and which of two is first, would differ from SQLite's.
// The provider 'b' (builtin, from version 17) has no other order.
func sorted(ctx context.Context, c conn) error {
	is, err := ask(ctx, c, `SELECT datlocprovider::text, datcollate::text FROM pg_database WHERE datname = current_database()`)
	if err != nil {
		return err
	}
	if is[0] == "b" || is[0] == "c" && (is[1] == "C" || is[1] == "POSIX") {
		return nil
	}
	return &SettingError{"lc_collate", is[1], "C"}
}
