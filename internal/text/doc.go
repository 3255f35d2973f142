// Package text turns what the program knows into what a person reads, in
// English and in Simplified Chinese: sentences, dates, durations and money on
// the way out; dates, durations and names on the way in.
//
// The English sentence stands in the code where it is used, and is at the same
// time the key of its translation:
//
//	p := text.For(user.Locale, user.Zone)
//	p.T("%s is now in %s.", deal, stage)
//	p.N(n, "%d deal needs you", "%d deals need you")
//
// Sentences that are kept in a table and translated later are marked with Msg,
// so that the test finds them. The translations are YAML maps in zh/*.yaml, one
// file per area. TestTranslationsComplete reads the whole repository and fails
// when a sentence has no translation, when the two want different arguments, or
// when a translation is no longer used; it prints the lines to fill in. What
// reads the same in both languages stands in zh/same.yaml. Slack formats only
// whole words, so Chinese has spaces around *bold* and `code`.
//
// Whatever a person typed passes through Plain (or at least Escape) before it
// becomes part of a message. Shorten with Truncate first: it would cut an
// escaped character in two.
package text
