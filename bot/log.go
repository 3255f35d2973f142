package main

import (
	"fmt"
	"io"
	"log/slog"
	"regexp"
)

func level(name string) (slog.Level, error) {
	var l slog.Level
	err := l.UnmarshalText([]byte(name))
	return l, err
}

// newLog writes structured lines without secrets.
func newLog(w io.Writer, format, lowest string) *slog.Logger {
	l, err := level(lowest)
	if err != nil {
		l = slog.LevelInfo
	}
	options := &slog.HandlerOptions{Level: l, ReplaceAttr: hideSecrets}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// hideSecrets masks tokens, response URLs and passwords in whatever is logged.
func hideSecrets(_ []string, a slog.Attr) slog.Attr {
	switch a.Value.Kind() {
	case slog.KindString:
		return slog.String(a.Key, mask(a.Value.String()))
	case slog.KindAny:
		switch v := a.Value.Any().(type) {
		case *slog.Source:
			return a
		default:
			return slog.String(a.Key, mask(fmt.Sprint(v)))
		}
	}
	return a
}

var secrets = []struct {
	find *regexp.Regexp
	with string
}{
	{regexp.MustCompile(`\b(xox[a-z]|xapp|xwfp)-[A-Za-z0-9-]+`), "$1-***"},
	{regexp.MustCompile(`(hooks\.slack\.com|/hooks)/[^\s"'<>]+`), "$1/***"},
	{regexp.MustCompile(`(wss?://[^\s"'<>?]+)\?[^\s"'<>]+`), "$1?***"},
	{regexp.MustCompile(`(postgres(?:ql)?://[^:@/\s"']*):[^@\s"']+@`), "$1:***@"},
	{regexp.MustCompile(`(password=)\S+`), "$1***"},
}

// mask takes secrets out of a text.
func mask(text string) string {
	for _, s := range secrets {
		text = s.find.ReplaceAllString(text, s.with)
	}
	return text
}
