// Package unfit knows texts that nobody should get: MyKey IDs that offend or
// frighten, and passwords that everybody guesses first.
//
// The lists are data beside it, one word a line. It decides nothing but whether
// a text is on them.
package unfit

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

//go:embed ids.txt
var idList string

//go:embed passwords.txt
var passwordList string

// words reads a list once: lines without comments, in the case that it is
// searched in.
func words(list string) func() []string {
	return sync.OnceValue(func() (all []string) {
		for line := range strings.Lines(list) {
			word, _, _ := strings.Cut(line, "#")
			if word = strings.TrimSpace(word); word != "" {
				all = append(all, word)
			}
		}
		return all
	})
}

var (
	idWords   = words(idList)
	passwords = words(passwordList)
)

// lookAlikes are digits as people read them in a word.
var lookAlikes = strings.NewReplacer("2", "Z", "3", "E", "4", "A", "5", "S", "6", "G", "7", "T", "8", "B", "9", "G")

// ID reports a MyKey ID, in capital letters and digits, that holds a word of
// the list, also with digits in the place of letters.
func ID(id string) bool {
	read := lookAlikes.Replace(id)
	return slices.ContainsFunc(idWords(), func(word string) bool {
		return strings.Contains(id, word) || strings.Trim(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" && strings.Contains(read, word)
	})
}

// Password reports a password that is on the list, holds the MyKey ID, goes
// through the alphabet, the digits or a keyboard's row, or has hardly any
// characters of its own.
func Password(password, id string) bool {
	lower := strings.ToLower(password)
	if id != "" && strings.Contains(lower, strings.ToLower(id)) {
		return true
	}
	if slices.Contains(passwords(), lower) || few(lower) {
		return true
	}
	return slices.ContainsFunc(rows, func(row string) bool { return strings.Contains(row, lower) })
}

// rows are what fingers run along, forth and back.
var rows = func() (all []string) {
	for _, row := range []string{"01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "1234567890-^", "qwertyuiop@[", "asdfghjkl;:]", "zxcvbnm,./"} {
		back := []byte(row)
		slices.Reverse(back)
		all = append(all, row, string(back))
	}
	return all
}()

// few reports fewer than four different characters, or one part said over and
// over.
func few(text string) bool {
	seen := map[rune]bool{}
	for _, r := range text {
		seen[r] = true
	}
	if len(seen) < 4 {
		return true
	}
	n := len(text)
	for part := 1; part <= n/2 && utf8.RuneCountInString(text[:part]) <= 4; part++ {
		if n%part == 0 && strings.Repeat(text[:part], n/part) == text {
			return true
		}
	}
	return false
}
