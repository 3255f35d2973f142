package csvio

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"pipewright/internal/text"
)

// Table is one open CSV file, read from its header to its end.
type Table struct {
	Name   string // base name of the file, for messages
	Header []string
	Rows   int // read so far

	printer text.Printer
	file    io.Closer
	csv     *csv.Reader
}

// Row is one line of a table. Its cells are valid until the next row is read.
type Row struct {
	Line  int // where it begins in the file, from 1
	Cells []string
}

// Format is what a file cannot say of itself.
type Format struct {
	Encoding string    // a name such as "gb18030"; "" is UTF-8, or UTF-16 with its mark
	Progress io.Writer // gets every byte read; nil for none
}

// Bad is a row, or a whole file when Line is 0, that cannot be taken. Text says why
// and what to do.
type Bad struct {
	File string
	Line int
	Text string
}

func (b *Bad) Error() string {
	if b.Line == 0 {
		return b.File + ": " + b.Text
	}
	return b.File + ":" + itoa(b.Line) + ": " + b.Text
}

// OpenTable opens a file and reads its header. An error is a *Bad or comes from the system.
func OpenTable(path string, f Format, p text.Printer) (*Table, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	t := &Table{Name: filepath.Base(path), printer: p, file: file}
	if err := t.start(file, f); err != nil {
		file.Close()
		return nil, err
	}
	return t, nil
}

// Close closes the file.
func (t *Table) Close() error { return t.file.Close() }

const bufferSize = 256 << 10

func (t *Table) start(r io.Reader, f Format) error {
	if f.Progress != nil {
		r = io.TeeReader(r, f.Progress)
	}
	raw := bufio.NewReaderSize(r, bufferSize)
	decoded, err := t.decode(raw, f.Encoding)
	if err != nil {
		return err
	}
	head, err := decoded.Peek(bufferSize / 4)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	t.csv = csv.NewReader(decoded)
	t.csv.Comma = delimiter(head)
	t.csv.FieldsPerRecord = -1
	t.csv.ReuseRecord = true
	row, err := t.Next()
	switch {
	case errors.Is(err, io.EOF):
		return t.bad(0, t.printer.T("the file is empty — it needs a header and at least one row"))
	case err != nil:
		return err
	}
	t.Rows = 0
	for _, c := range row.Cells {
		t.Header = append(t.Header, strings.TrimSpace(strings.Clone(c)))
	}
	return nil
}

// decode returns the file's text as UTF-8 without its mark.
func (t *Table) decode(raw *bufio.Reader, name string) (*bufio.Reader, error) {
	mark, err := raw.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	var enc encoding.Encoding
	switch {
	case bytes.HasPrefix(mark, []byte("\xEF\xBB\xBF")):
		_, err := raw.Discard(3)
		return raw, err
	case bytes.HasPrefix(mark, []byte("\xFF\xFE")), bytes.HasPrefix(mark, []byte("\xFE\xFF")):
		enc = unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM)
	case name == "":
		return raw, nil
	default:
		if enc, err = htmlindex.Get(name); err != nil {
			return nil, t.bad(0, t.printer.T("there is no encoding %q — say utf-8, gb18030, windows-1252 or the like", name))
		}
	}
	return bufio.NewReaderSize(transform.NewReader(raw, enc.NewDecoder()), bufferSize), nil
}

// delimiter returns the mark that parts the header's columns: the one of comma,
// semicolon and tab that stands there most often outside of quotes.
func delimiter(head []byte) rune {
	if i := bytes.IndexAny(head, "\r\n"); i > 0 {
		head = head[:i]
	}
	var n [128]int
	quoted := false
	for _, c := range head {
		if c == '"' {
			quoted = !quoted
		} else if !quoted && c < 128 {
			n[c]++
		}
	}
	best := ','
	for _, c := range []rune{';', '\t'} {
		if n[c] > n[best] {
			best = c
		}
	}
	return best
}

// Next returns the next row. It returns io.EOF at the end, and a *Bad for a row
// that is no CSV; reading goes on behind it unless it says that the whole file is
// unreadable (Line 0).
func (t *Table) Next() (Row, error) {
	for {
		cells, err := t.csv.Read()
		var syntax *csv.ParseError
		switch {
		case errors.As(err, &syntax):
			t.Rows++
			return Row{}, t.bad(syntax.StartLine, t.syntax(syntax))
		case err != nil:
			return Row{}, err
		}
		if len(cells) == 1 && strings.TrimSpace(cells[0]) == "" {
			continue // a line of spaces
		}
		line, _ := t.csv.FieldPos(0)
		for i, c := range cells {
			if !utf8.ValidString(c) {
				return Row{}, t.bad(0, t.printer.T("line %d is not UTF-8 — save the file as \"CSV UTF-8\", or say what it is, such as --encoding gb18030", line))
			}
			cells[i] = Undefuse(c)
		}
		t.Rows++
		return Row{Line: line, Cells: cells}, t.columns(line, cells)
	}
}

func (t *Table) syntax(e *csv.ParseError) string {
	if errors.Is(e.Err, csv.ErrQuote) && e.Line > e.StartLine+1 {
		return t.printer.T("a quotation mark opens here and never closes — close it, or write it twice when it belongs to the text")
	}
	return t.printer.T("the quotation marks do not fit — enclose the cell in \"…\" and write \"\" for one inside")
}

// columns refuses a row that is longer or shorter than the header: its cells
// would stand under the wrong names. Empty cells at the end do not count.
func (t *Table) columns(line int, cells []string) error {
	n := len(t.Header)
	if n == 0 || len(cells) == n {
		return nil
	}
	for len(cells) > n && cells[len(cells)-1] == "" {
		cells = cells[:len(cells)-1]
	}
	if len(cells) == n {
		return nil
	}
	return t.bad(line, t.printer.T("it has %d cells where the header has %d — enclose cells that hold a \"%s\" in quotation marks", len(cells), n, string(t.csv.Comma)))
}

func (t *Table) bad(line int, why string) *Bad {
	return &Bad{File: t.Name, Line: line, Text: why}
}
