// Package csvio reads and writes Pipewright's CSV files: deals, their histories
// and their activities, as other systems export them and as `export` writes them.
//
// A [Table] is one open file: it finds out the encoding and the delimiter, and
// gives rows with their line numbers. A [Loader] reads tables into memory in a
// compact form (24 bytes for each row of history), matches what they say with
// the process and the organisation, and reports every row that it cannot take.
// When all files are read, [Loader.Build] turns what they say of one deal into the
// deal's events:
//
//	deals ─┐
//	history ├─▶ Loader ─▶ Check ─▶ Build ─▶ []sales.Event ─▶ sales.Fold, the store
//	activities ─┘
//
// A deal that stands in the store already is brought up to date by [Reconcile],
// which says what is new in the files, or why they contradict what was done since.
//
// Order and repetition in the files do not matter, except that of two rows with
// the same time the first in the file comes first.
package csvio
