package text

import (
	"testing"
	"unicode/utf8"
)

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"  Müller-Bau   GmbH & Co. ": "muller bau gmbh co",
		"ＡＣＭＥ　１２３":                   "acme 123",
		"Straße":                     "strasse",
		"Ελλάς":                      "ελλασ",
		"Crème Brûlée":               "creme brulee",
		"O'Brien":                    "obrien",
		"O’Brien":                    "obrien",
		"C++":                        "c++",
		"华为（上海）":                     "华为 上海",
		"ﾃｽﾄ":                        "テスト",
		"が":                          "が",
		"가나":                         "가나",
		"İstanbul":                   "istanbul",
		"a\u200bb\u00adc":            "abc",
		"...":                        "",
		"":                           "",
	} {
		if got := Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFoldIsStable(t *testing.T) {
	for r := rune(0); r < 0x20000; r++ {
		once := Fold("a" + string(r) + "\u0301B")
		if twice := Fold(once); twice != once {
			t.Errorf("%U folds to %q, folded again to %q", r, once, twice)
		}
	}
}

func TestFoldOfASCII(t *testing.T) {
	for r := rune(0); r < utf8.RuneSelf; r++ {
		for s := range 128 {
			in := "A" + string(r) + string(rune(s)) + "b"
			if short, long := Fold(in)+"e", Fold(in+"\u00e9"); short != long {
				t.Errorf("%q folds to %q alone and to %q beside an accent", in, short, long)
			}
		}
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range awkward {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := Fold(s)
		if twice := Fold(once); twice != once {
			t.Errorf("Fold(%q) = %q, folded again %q", s, once, twice)
		}
		if utf8.ValidString(s) && !utf8.ValidString(once) {
			t.Errorf("Fold(%q) = %q is no UTF-8", s, once)
		}
	})
}
