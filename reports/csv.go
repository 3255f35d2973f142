package reports

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"pipewright/internal/text"
)

// WriteCSV writes the rows of the contract as CSV. A value that has parts becomes
// a column for each (value_USD_won, reasons_price), and every row ends with how many deals there
// are, how many are open, and as of when. What is unknown is empty; text that a spreadsheet would
// run is defused. A breakdown has the rows of its groups behind those of all deals, and two columns
// in front that say whose they are: empty for those of all.
func WriteCSV(w io.Writer, res answer, p text.Printer) error {
	e := res.envelope(p)
	all := groupRow{Deals: e.Deals, Open: e.Open, Rows: e.Rows}
	var s sheet
	for i, g := range append([]groupRow{all}, e.Groups...) {
		line := map[string]string{"all_deals": strconv.Itoa(g.Deals), "all_open": strconv.Itoa(g.Open), "as_of": e.AsOf}
		if e.By != "" {
			s.set(line, e.By, "")
			s.set(line, e.By+"_name", defuse(g.Name))
		}
		if i > 0 {
			line[e.By] = defuse(g.key())
		}
		if err := s.add(line, g.Rows); err != nil {
			return err
		}
	}
	if len(s.lines) == 0 {
		return nil
	}
	s.columns = append(s.columns, "all_deals", "all_open", "as_of")
	return s.write(w)
}

// key is the group's key, "none" for deals that have none.
func (g groupRow) key() string {
	if g.Key == nil {
		return "none"
	}
	return *g.Key
}

// sheet collects lines and, in order of their first appearance, columns.
type sheet struct {
	columns []string
	lines   []map[string]string
}

func (s *sheet) set(line map[string]string, column, value string) {
	if !slices.Contains(s.columns, column) {
		s.columns = append(s.columns, column)
	}
	line[column] = value
}

// add makes a line of each row, which begins as given.
func (s *sheet) add(begun map[string]string, rows any) error {
	raw, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	var each []json.RawMessage
	if err := json.Unmarshal(raw, &each); err != nil {
		return err
	}
	for _, row := range each {
		line := maps.Clone(begun)
		if err := s.flatten(line, "", json.NewDecoder(bytes.NewReader(row))); err != nil {
			return err
		}
		s.lines = append(s.lines, line)
	}
	return nil
}

// flatten puts the next JSON value into the line, under the name and the names of its parts.
func (s *sheet) flatten(line map[string]string, name string, d *json.Decoder) error {
	d.UseNumber()
	token, err := d.Token()
	if err != nil {
		return err
	}
	switch v := token.(type) {
	case json.Delim:
		if v == '[' {
			return s.flattenCounts(line, name, d)
		}
		for d.More() {
			key, err := d.Token()
			if err != nil {
				return err
			}
			if err := s.flatten(line, join(name, key.(string)), d); err != nil {
				return err
			}
		}
		_, err = d.Token()
		return err
	case nil:
		s.set(line, name, "")
	case string:
		s.set(line, name, defuse(v))
	case json.Number:
		s.set(line, name, v.String())
	case bool:
		s.set(line, name, strconv.FormatBool(v))
	}
	return nil
}

// flattenCounts makes a column of each reason.
func (s *sheet) flattenCounts(line map[string]string, name string, d *json.Decoder) error {
	for d.More() {
		var c ReasonCount
		if err := d.Decode(&c); err != nil {
			return err
		}
		s.set(line, join(name, cmp.Or(c.key(), "none")), strconv.Itoa(c.N))
	}
	_, err := d.Token()
	return err
}

func join(name, part string) string {
	if name == "" {
		return part
	}
	return name + "_" + part
}

func (s *sheet) write(w io.Writer) error {
	out := csv.NewWriter(w)
	header := make([]string, len(s.columns))
	for i, c := range s.columns {
		header[i] = defuse(c)
	}
	if err := out.Write(header); err != nil {
		return err
	}
	for _, line := range s.lines {
		record := make([]string, len(s.columns))
		for i, c := range s.columns {
			record[i] = line[c]
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// defuse keeps a spreadsheet from running what somebody typed.
func defuse(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
