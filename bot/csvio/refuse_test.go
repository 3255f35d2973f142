package csvio

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// Every row that cannot be taken is named by file and line, says why and what to
// do, and leaves the others alone.
func TestBadRows(t *testing.T) {
	for name, c := range map[string]struct {
		f    files
		want []string // beginnings
	}{
		"no id": {files{deals: "deal_id,name\n,Roof\nB,Wall\n"}, []string{"deals.csv:2: deal_id is empty — fill it in"}},
		"twice": {files{deals: "deal_id\nA\nB\nA\n"}, []string{"deals.csv:4: deal_id A stands in line 2 already"}},
		"behind a cell of two lines": {files{deals: "deal_id,name,amount\nA,\"Roof\nand wall\",1\nB,x,much\n"},
			[]string{`deals.csv:4: amount: "much" is no amount — write it as`}},
		"two readings of an amount": {files{deals: "deal_id,amount,currency\nA,12.000,USD\n"},
			[]string{`deals.csv:2: amount: "12.000" can be 12000.00 USD or 12.00 USD`}},
		"negative":   {files{deals: "deal_id,amount\nA,-5\n"}, []string{`deals.csv:2: amount: "-5" is negative`}},
		"currency":   {files{deals: "deal_id,amount,currency\nA,5,XQX\n"}, []string{`deals.csv:2: currency: "XQX" is no currency`}},
		"no date":    {files{deals: "deal_id,created_at\nA,soon\nB,2026-02-30\n"}, []string{`deals.csv:2: created_at: "soon" is no date`, `deals.csv:3: created_at: "2026-02-30" is no date`}},
		"two dates":  {files{deals: "deal_id,created_at\nA,3/4/2026\n"}, []string{`deals.csv:2: created_at: "3/4/2026" can be two days — say which with --dates`}},
		"year":       {files{deals: "deal_id,created_at\nA,0001-01-01\n"}, []string{`deals.csv:2: created_at: "0001-01-01" is no year`}},
		"status":     {files{deals: "deal_id,status\nA,deleted\n"}, []string{`deals.csv:2: there is no status "deleted" — write open, won or lost`}},
		"stage":      {files{deals: "deal_id,stage\nA,Prospecting\n"}, []string{`deals.csv:2: there is no stage "Prospecting" in the process b2b — it has lead, demo, quote, signed, paid, won and lost; say which`}},
		"two states": {files{deals: "deal_id,stage,status\nA,won,open\n"}, []string{"deals.csv:2: the stage is won and the status open"}},
		"choice":     {files{deals: "deal_id,size\nA,huge\n"}, []string{`deals.csv:2: size: "huge" is none of s and l`}},
		"own date":   {files{deals: "deal_id,renewal\nA,later\n"}, []string{`deals.csv:2: renewal: "later" is no date`}},
		"cells":      {files{deals: "deal_id,name\nA,Roof,Wall\nB\nC,x,\n"}, []string{"deals.csv:2: it has 3 cells where the header has 2", "deals.csv:3: it has 1 cells where"}},
		"quotes":     {files{deals: "deal_id,name\nA,a \"b\" c\nB,x\n"}, []string{"deals.csv:2: the quotation marks do not fit"}},
		"open quote": {files{deals: "deal_id,name\nA,x\nB,\"Roof\nC,y\nD,z\n"}, []string{"deals.csv:3: a quotation mark opens here and never closes"}},
		"endless": {files{deals: "deal_id,name,other\n" + long(501) + ",x,y\nB," + long(3001) + ",y\nC,x," + long(40_001) + "\nD," + long(3000) + "," + long(40_000) + "\n"},
			[]string{"deals.csv:2: deal_id is too long — shorten it to 500 characters", "deals.csv:3: name is too long — shorten it to 3000", "deals.csv:4: other is too long — shorten it to 40000"}},
		"history": {files{history: "deal_id,stage,entered_at\nA,,2026-01-01\nA,demo,\nA,Prospecting,2026-01-01\n"},
			[]string{"history.csv:2: stage is empty", "history.csv:3: entered_at is empty", `history.csv:4: there is no stage "Prospecting"`}},
		"activity": {files{history: "deal_id,stage,entered_at\nA,lead,2026-01-01\n", activities: "deal_id,type,at,minutes\nA,dance,2026-01-01,\nA,call,2026-01-01,9000\nA,call,2026-01-01,-1\n"},
			[]string{`activities.csv:2: there is no activity type "dance" in the process b2b — it has call`, `activities.csv:3: minutes: "9000"`, `activities.csv:4: minutes: "-1"`}},
		"process": {files{deals: "deal_id,process\nA,renewal\n"}, []string{`deals.csv:2: there is no process "renewal" — say which`}},
	} {
		t.Run(name, func(t *testing.T) {
			l, bad := load(t, c.f, nil)
			if len(bad) != len(c.want) || l.BadRows() != len(c.want) {
				t.Fatalf("refused %d rows, want %d:\n%s", len(bad), len(c.want), strings.Join(bad, "\n"))
			}
			for i, want := range c.want {
				if !strings.HasPrefix(bad[i], want) {
					t.Errorf("got  %s\nwant %s…", bad[i], want)
				}
				if _, todo, ok := strings.Cut(bad[i], " — "); !ok || todo == "" {
					t.Errorf("it does not say what to do: %s", bad[i])
				}
			}
		})
	}
}

func long(n int) string { return strings.Repeat("长", n) }

// A header without an end is not said in full.
func TestManyColumns(t *testing.T) {
	var header []string
	for i := range 5000 {
		header = append(header, "column"+itoa(i)+long(100))
	}
	if some := strings.Join(someOf(header), ", "); utf8.RuneCountInString(some) > 2000 || !strings.HasSuffix(some, "…") || !strings.HasPrefix(some, "column0长") {
		t.Errorf("said: %s", some)
	}
}

// Rows that are well formed can still speak against each other.
func TestContradictions(t *testing.T) {
	history := "deal_id,stage,entered_at\nA,lead,2026-01-05\nA,demo,2026-01-07\n"
	for name, c := range map[string]struct {
		f    files
		want string
	}{
		"closed before it was created":   {files{deals: "deal_id,stage,created_at,closed_at\nA,won,2026-01-05,2026-01-04\n"}, "deals.csv:2: it was closed on 2026-01-04, before it was created on 2026-01-05"},
		"won at an unknown time":         {files{deals: "deal_id,stage\nA,won\n"}, "deals.csv:2: it is won, but closed_at is empty"},
		"another stage than the history": {files{deals: "deal_id,stage\nA,quote\n", history: history}, "deals.csv:2: the stage is quote, but the history ends with demo (line 3 of history.csv)"},
		"open, but the history ends":     {files{deals: "deal_id,status\nA,open\n", history: history + "A,lost,2026-01-08\n"}, "deals.csv:2: it is open, but the history ends with lost (line 4 of history.csv)"},
		"won, but the history says lost": {files{deals: "deal_id,status,closed_at\nA,won,2026-01-09\n", history: history + "A,lost,2026-01-08\n"}, "deals.csv:2: it is won, but the history ends with lost"},
		"closed while it goes on":        {files{deals: "deal_id,stage,closed_at\nA,won,2026-01-06\n", history: history}, "deals.csv:2: it was closed on 2026-01-06, but the history goes on until 2026-01-07"},
		"completed, but never won":       {files{history: history + "A,completed,2026-01-08\n"}, "history.csv:4: the deal is completed before it was won"},
		"an activity of no deal":         {files{activities: "deal_id,type,at\nA,call,2026-01-06\n"}, "activities.csv:2: there is no deal A — import it first"},
	} {
		t.Run(name, func(t *testing.T) {
			l, refused := load(t, c.f, nil)
			if len(refused) > 0 {
				t.Fatal(refused)
			}
			_, bad := l.Build(0)
			if bad == nil || !strings.HasPrefix(bad.Error(), c.want) || !strings.Contains(bad.Text, " — ") {
				t.Errorf("got  %v\nwant %s…", bad, c.want)
			}
		})
	}
}

// A file that cannot be read at all says so once.
func TestBadFiles(t *testing.T) {
	for name, c := range map[string]struct{ content, encoding, want string }{
		"empty":          {"", "", "deals.csv: the file is empty"},
		"no id column":   {"name,account\nx,y\n", "", "deals.csv: no column holds deal_id — say which one does with --map deal_id=COLUMN; the columns are name and account"},
		"GBK":            {"deal_id,name\nA,\xd6\xd0\xb9\xfa\n", "", "deals.csv: line 2 is not UTF-8 — save the file as \"CSV UTF-8\", or say what it is"},
		"wrong encoding": {"deal_id\nA\n", "klingon", `deals.csv: there is no encoding "klingon"`},
	} {
		t.Run(name, func(t *testing.T) {
			l := NewLoader(Options{Processes: []*sales.Process{testProcess()}, Org: testOrg()})
			table, err := readTable("deals.csv", strings.NewReader(c.content), Format{Encoding: c.encoding}, text.Printer{})
			if err == nil {
				err = l.LoadDeals(table)
			}
			var bad *Bad
			if !errors.As(err, &bad) || bad.Line != 0 || !strings.HasPrefix(bad.Error(), c.want) {
				t.Errorf("got  %v\nwant %s…", err, c.want)
			}
		})
	}
}
