package csvio

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"pipewright/internal/text"
)

// The same table in the forms in which programs write it.
func TestFormats(t *testing.T) {
	const plain = "deal_id,name\n7,\"中国, Müller\"\n"
	utf16 := func(order unicode.Endianness) string {
		s, err := unicode.UTF16(order, unicode.UseBOM).NewEncoder().String(plain)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	gbk, err := simplifiedchinese.GB18030.NewEncoder().String(plain)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ content, encoding string }{
		"plain":           {plain, ""},
		"mark":            {"\xEF\xBB\xBF" + plain, ""},
		"semicolons":      {"deal_id;name\n7;中国, Müller\n", ""},
		"tabs":            {"deal_id\tname\r\n7\t中国, Müller\r\n", ""},
		"UTF-16 little":   {utf16(unicode.LittleEndian), ""},
		"UTF-16 big":      {utf16(unicode.BigEndian), ""},
		"GB18030":         {gbk, "gb18030"},
		"quoted header":   {"\"Deal ID\",\"NAME\"\n7,\"中国, Müller\"\n", ""},
		"no last newline": {strings.TrimSuffix(plain, "\n"), ""},
		"empty lines":     {"deal_id,name\n\n  \n7,\"中国, Müller\"\n\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			table, err := readTable("x.csv", strings.NewReader(c.content), Format{Encoding: c.encoding}, text.Printer{})
			if err != nil {
				t.Fatal(err)
			}
			row, err := table.Next()
			if err != nil || !slices.Equal(row.Cells, []string{"7", "中国, Müller"}) {
				t.Errorf("row %q, %v", row.Cells, err)
			}
			if _, err := table.Next(); !errors.Is(err, io.EOF) {
				t.Errorf("after the last row: %v", err)
			}
		})
	}
}

// Exports of other systems are understood without --map.
func TestKnownExports(t *testing.T) {
	for name, c := range map[string]struct {
		columns []column
		header  string
		want    string // field=column, …
	}{
		"HubSpot": {dealColumns, "Record ID,Deal Name,Deal Stage,Close Date,Deal owner,Amount,Create Date,Pipeline,Closed Lost Reason,Associated Company,Original Traffic Source,Currency",
			"deal_id=Record ID name=Deal Name account=Associated Company owner=Deal owner amount=Amount currency=Currency source=Original Traffic Source created_at=Create Date stage=Deal Stage closed_at=Close Date lost_reason=Closed Lost Reason process=Pipeline"},
		"Salesforce": {dealColumns, "Opportunity ID,Opportunity Name,Account Name,Opportunity Owner,Amount,Amount Currency,Lead Source,Created Date,Close Date,Stage,Next Step,Probability (%)",
			"deal_id=Opportunity ID name=Opportunity Name account=Account Name owner=Opportunity Owner amount=Amount currency=Amount Currency source=Lead Source created_at=Created Date stage=Stage closed_at=Close Date next_step=Next Step"},
		"Salesforce objects": {dealColumns, "Id,Name,StageName,CreatedDate,CloseDate,OwnerId,CurrencyIsoCode,LeadSource",
			"deal_id=Id name=Name owner=OwnerId currency=CurrencyIsoCode source=LeadSource created_at=CreatedDate stage=StageName closed_at=CloseDate"},
		"Salesforce history": {historyColumns, "OpportunityId,StageName,CreatedDate,CreatedBy",
			"deal_id=OpportunityId stage=StageName entered_at=CreatedDate actor=CreatedBy"},
		"Pipedrive": {dealColumns, "Deal - ID,Deal - Title,Deal - Organization,Deal - Owner,Deal - Value,Deal - Currency of Value,Deal - Deal created,Deal - Stage,Deal - Status,Deal - Won time,Deal - Lost time,Deal - Lost reason,Deal - Expected close date,Deal - Pipeline,Deal - Label",
			"deal_id=Deal - ID name=Deal - Title account=Deal - Organization owner=Deal - Owner amount=Deal - Value currency=Deal - Currency of Value created_at=Deal - Deal created stage=Deal - Stage status=Deal - Status closed_at=Deal - Won time|Deal - Lost time lost_reason=Deal - Lost reason process=Deal - Pipeline close=Deal - Expected close date"},
		"process mining": {historyColumns, "case:concept:name,concept:name,time:timestamp,org:resource",
			"deal_id=case:concept:name stage=concept:name entered_at=time:timestamp actor=org:resource"},
	} {
		t.Run(name, func(t *testing.T) {
			table, err := readTable("x.csv", strings.NewReader(c.header+"\n"), Format{}, text.Printer{})
			if err != nil {
				t.Fatal(err)
			}
			b, err := bind(table, c.columns, nil, text.Printer{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range c.columns {
				var columns []string
				for _, i := range b.at[f.name] {
					columns = append(columns, table.Header[i])
				}
				if len(columns) > 0 {
					got = append(got, f.name+"="+strings.Join(columns, "|"))
				}
			}
			if s := strings.Join(got, " "); s != c.want {
				t.Errorf("got  %s\nwant %s", s, c.want)
			}
		})
	}
}

func TestDates(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]string{
		"2026-03-04": "2026-03-04", "2026-03-04T05:06:07Z": "2026-03-04T05:06:07Z", "2026-03-04T05:06:07.125+08:00": "2026-03-03T21:06:07.125Z",
		"2026-03-04 05:06:07": "2026-03-04T04:06:07Z", "2026-03-04 05:06": "2026-03-04T04:06:00Z", "2026-03-04 05:06:07 UTC": "2026-03-04T05:06:07Z",
		"2026/3/4": "2026-03-04", "2026年3月4日": "2026-03-04", "4.3.2026": "2026-03-04", "4.3.2026 05:06": "2026-03-04T04:06:00Z",
		"4 Mar 2026": "2026-03-04", "March 4, 2026": "2026-03-04", "Mar 4, 2026, 5:06 PM": "2026-03-04T16:06:00Z",
		"25/12/2026": "2026-12-25", "12/25/2026": "2026-12-25", "12/25/2026 3:04 pm": "2026-12-25T14:04:00Z", "4/4/2026": "2026-04-04",
		"1772600767": "2026-03-04T05:06:07Z", "1772600767125": "2026-03-04T05:06:07.125Z", "Wed, 04 Mar 2026 05:06:07 +0000": "2026-03-04T05:06:07Z",
	} {
		c := clockReader{zone: berlin}
		for range 2 { // the second time by the remembered form
			m, why := c.read(in)
			if why != fine || WriteTime(m.at) != want {
				t.Errorf("%q is %s (trouble %d), want %s", in, WriteTime(m.at), why, want)
			}
			if m.dayOnly != (len(want) == 10) {
				t.Errorf("%q: a date alone: %v", in, m.dayOnly)
			}
		}
	}
	for order, want := range map[DateOrder]string{DayFirst: "2026-04-03", MonFirst: "2026-03-04"} {
		c := clockReader{zone: berlin, order: order}
		if m, why := c.read("3/4/2026"); why != fine || WriteTime(m.at) != want {
			t.Errorf("3/4/2026 as %s is %s, want %s", order, WriteTime(m.at), want)
		}
	}
	c := clockReader{zone: berlin}
	for in, want := range map[string]trouble{"3/4/2026": twoReadings, "13/13/2026": unreadable, "": unreadable, "2026-02-30": unreadable, "12": unreadable, "2026-03-04 25:00": unreadable, "1899-12-30": outOfRange} {
		if _, why := c.read(in); why != want {
			t.Errorf("%q: trouble %d, want %d", in, why, want)
		}
	}
}
