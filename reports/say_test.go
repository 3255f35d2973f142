package reports

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// stayed makes deals that stay so many days in lead, demo and offer, and are then won.
func stayed(deals int, lead, demo, offer func(i int) float64) *script {
	s := newScript(testProcess())
	for i := range deals {
		id, day := int64(i+1), float64(i)
		s.create(id, day, "lead").move(id, day+lead(i), "demo").move(id, day+lead(i)+demo(i), "offer").move(id, day+lead(i)+demo(i)+offer(i), "signed")
	}
	return s
}

func always(days float64) func(int) float64 { return func(int) float64 { return days } }

// byChance are lengths of stays that vary by chance.
func byChance(mean float64, seed uint64) func(int) float64 {
	rng := rand.New(rand.NewPCG(seed, 3))
	return func(int) float64 { return mean * rng.ExpFloat64() }
}

// What must be said is said, in both languages, wherever the report is shown, and JSON says the same.
func TestWhatMustBeSaid(t *testing.T) {
	undated := small()
	undated.add(7, 0, sales.Created, sales.EventData{To: "lead", NoStay: true, Source: "import"})
	undated.log[7][0].At = instant(never)
	backwards := small()
	backwards.add(7, 5, sales.Created, sales.EventData{To: "lead", NoStay: true, Source: "import"}).lose(7, 3, "price")
	sample := small()
	sample.log[1][0].Data.Source = "sample"
	tests := []struct {
		name   string
		script *script
		report string
		o      Options
		en, zh string
		json   string // what the JSON holds
	}{
		{"no deals at all", newScript(testProcess()), "outcomes", Options{AsOf: at(9)},
			"No deals yet. Create one, and this report fills by itself.", "还没有商机。新建一个之后，这份报表就会有内容。", `"win_rate":null`},
		{"no deals of the period", small(), "funnel", Options{AsOf: at(40), From: at(39), To: at(40)},
			"No deals like that. Take a longer time, or look at all deals.", "没有这样的商机。请放宽时间段，或查看全部商机。", `"deals":0`},
		{"one deal", newScript(testProcess()).create(1, 1, "lead"), "funnel", Options{AsOf: at(9)},
			"Of 1 deal, none came as far as Signed; 1 is still open.", "1 个商机中，还没有一个到达签约；还有 1 个在进行。", `"deals":1`},
		{"one move", newScript(testProcess()).create(1, 1, "lead").move(1, 2, "demo"), "process", Options{AsOf: at(9)},
			"1 move: none went back, none passed over a stage.", "流转 1 次：没有退回，也没有跳过阶段。", `"deals":1`},
		{"too few for a rate: JSON has the number all the same", small(), "outcomes", Options{AsOf: at(40)},
			"Not enough history for a rate: 5 closed deals are needed (now 4: 1 won, 3 lost). Mark deals as won or lost when they end.", "历史数据太少，无法计算比例：需要 5 个已关闭的商机（现有 4 个：赢单 1，输单 3）。商机有了结果，请标为赢单或输单。", `"win_rate":0.25`},
		{"too few for times", small(), "cycle", Options{AsOf: at(40)},
			"Not enough history for times: 5 closed deals are needed (now 4: 1 won, 3 lost). Mark deals as won or lost when they end.", "历史数据太少，无法计算用时：需要 5 个已关闭的商机（现有 4 个：赢单 1，输单 3）。商机有了结果，请标为赢单或输单。", `"km_median_days":8.5`},
		{"too few to name a stage", small(), "stages", Options{AsOf: at(40)},
			"Not enough history to say where deals spend their time. 20 visits to First contact are needed (now 7): move deals on as soon as they are ready.", "历史数据太少，还看不出商机的时间花在了哪里。需要 20 次停留的记录，首次接触现有 7 次。商机条件具备后，请及时推进。", `"share_of_days"`},
		{"too few for a bottleneck", small(), "bottleneck", Options{AsOf: at(40)},
			"Not enough history to say where deals spend their time. 20 visits to First contact are needed (now 7): move deals on as soon as they are ready.", "历史数据太少，还看不出商机的时间花在了哪里。需要 20 次停留的记录，首次接触现有 7 次。商机条件具备后，请及时推进。", `"verdict":"unknown"`},
		{"few deals: a range", stayed(9, always(1), always(1), always(1)), "outcomes", Options{AsOf: at(200)},
			"9 of 9 closed deals were won; with so few, the rate may be anything from 70% to 100%.", "9 个已关闭的商机中赢单 9 个；数量太少，真实赢率可能在 70% 到 100% 之间。", `"win_rate":1`},
		{"low confidence", stayed(9, always(1), always(1), always(1)), "stages", Options{AsOf: at(200)},
			"low confidence", "可信度低", `"km_median_days":1`},
		{"two that take alike", stayed(60, byChance(1, 1), byChance(6, 2), byChance(6, 3)), "bottleneck", Options{AsOf: at(80)},
			"Demo and Offer cannot be told apart: each of them may take the most time.", "演示和报价之间分不出高下：每一个都可能是用时最多的。", `"verdict":"tied"`},
		{"the same of all times", stayed(60, byChance(1, 1), byChance(6, 2), byChance(6, 3)), "stages", Options{AsOf: at(80)},
			"Demo and Offer cannot be told apart: each of them may take the most time.", "演示和报价之间分不出高下：每一个都可能是用时最多的。", `"share_of_days"`},
		{"slow, and no more", stayed(150, byChance(1, 1), byChance(2, 2), byChance(9, 3)), "bottleneck", Options{AsOf: at(150)},
			"It is slow, not capacity-limited: waiting is not seen to grow, so nothing says that people are missing.", "它只是慢，并非人手不足：看不出等待在变长。", `"verdict":"slow"`},
		{"slow, and too young to say more", stayed(40, byChance(1, 1), byChance(1, 2), byChance(9, 3)), "bottleneck", Options{AsOf: at(40)},
			"It is too early to say whether waiting grows there.", "现在还看不出等待是否在变长。", `"wip_trend_per_week":null`},
		{"young deals are open", stayed(60, byChance(3, 1), byChance(3, 2), byChance(3, 3)), "outcomes", Options{AsOf: at(55)},
			"deals are still open, so the share of the closed may change; “within 30 days” counts them as well.", "个商机仍在进行，已关闭商机的比例还会变化；“30 天内”一项已将它们计入。", `"open":`},
		{"young deals in the funnel", small(), "funnel", Options{AsOf: at(40)},
			"2 deals are still open; the rate is the share that moved on of the visits that have ended.", "2 个商机仍在进行；推进率只按已结束的停留计算。", `"open":1`},
		{"young deals among times", small(), "cycle", Options{AsOf: at(40)},
			"2 deals are still open: they count with the time that they have taken so far.", "2 个商机仍在进行：按目前已用的时间计入。", `"n":6`},
		{"visits that go on", small(), "stages", Options{AsOf: at(40)},
			"2 visits are still going on: they count with the time that they have taken so far.", "2 次停留尚未结束：按目前已用的时间计入。", `"open":1`},
		{"imported without stages", small(), "stages", Options{AsOf: at(40)},
			"1 deal was imported without the times of its stages: it counts in won and lost, not in what is said of stages.", "1 个商机导入时没有各阶段的时间：计入赢单和输单，不计入各阶段的数字。", `"visits":7`},
		{"created nobody knows when", undated, "cycle", Options{AsOf: at(40)},
			"1 deal is left out of times: nobody knows when it was created.", "1 个商机没有计入用时：不知道它们是何时创建的。", `"n":6`},
		{"created nobody knows when, in no period", undated, "outcomes", Options{AsOf: at(40), From: at(0)},
			"1 deal is left out: nobody knows when it was created.", "1 个商机没有计入：不知道它们是何时创建的。", `"open":2`},
		{"closed before it was created", backwards, "cycle", Options{AsOf: at(40)},
			"1 deal is left out of times: it has no usable start or end.", "1 个商机没有计入用时：没有可用的开始或结束时间。", `"n":6`},
		{"the same, won and lost", backwards, "outcomes", Options{AsOf: at(40)},
			"1 deal is left out of times: it has no usable start or end.", "1 个商机没有计入用时：没有可用的开始或结束时间。", `"lost":4`},
		{"another currency, or none", small(), "outcomes", Options{AsOf: at(40), Band: sales.Band{Currency: "EUR", From: 1}},
			"3 deals are left out: they have no amount, or one in another currency.", "3 个商机没有计入：没有金额，或是其他币种。", `"won":1`},
		{"nothing but another currency, or none", small(), "outcomes", Options{AsOf: at(40), Band: sales.Band{Currency: "GBP", From: 1}},
			"6 deals are left out: they have no amount, or one in another currency.", "6 个商机没有计入：没有金额，或是其他币种。", `"won":0`},
		{"private teams", small(), "outcomes", Options{AsOf: at(40), Hide: []string{"east"}},
			"Deals of private teams are left out.", "没有计入私密团队的商机。", `"won":1`},
		{"sample data", sample, "outcomes", Options{AsOf: at(40)},
			"1 of these deals is sample data.", "其中 1 个商机是示例数据。", `"won":1`},
		{"the data end before the horizon", stayed(60, byChance(3, 1), byChance(3, 2), byChance(30, 3)), "outcomes", Options{AsOf: at(59), Horizon: 60},
			"The data end before 60 days: what is said about that time is what was known so far.", "数据不足 60 天：这一期限的数字只反映目前所知。", `"win_by_horizon":`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res := tt.script.result(t, tt.report, tt.o)
			for _, said := range []struct {
				p    text.Printer
				want string
			}{{english, tt.en}, {chinese, tt.zh}} {
				var terminal, raw bytes.Buffer
				if err := WriteText(&terminal, res, said.p); err != nil {
					t.Fatal(err)
				}
				if err := WriteJSON(&raw, res, said.p); err != nil {
					t.Fatal(err)
				}
				var compact bytes.Buffer
				if err := json.Compact(&compact, raw.Bytes()); err != nil {
					t.Fatal(err)
				}
				for where, s := range map[string]string{"a terminal": terminal.String(), "Slack": Render(res, said.p).Text} {
					if !strings.Contains(s, said.want) {
						t.Errorf("%s does not say “%s”:\n%s", where, said.want, s)
					}
				}
				if !strings.Contains(compact.String(), tt.json) {
					t.Errorf("%s is not in %s", tt.json, &compact)
				}
			}
		})
	}
}

// A picture goes its own way: below it stands of which deals it tells.
func TestPicturesSayOfWhichDealsTheyTell(t *testing.T) {
	for _, name := range []string{"process", "funnel"} {
		var all, some bytes.Buffer
		err := errors.Join(WriteSVG(&all, small().result(t, name, Options{AsOf: at(40)}), english),
			WriteSVG(&some, small().result(t, name, Options{AsOf: at(40), Band: sales.Band{Currency: "EUR", From: 1}}), english))
		if err != nil {
			t.Fatal(err)
		}
		const said = "Only deals worth"
		if !strings.Contains(some.String(), said) || strings.Contains(all.String(), said) {
			t.Errorf("%s of some deals:\n%s", name, &some)
		}
	}
}

// A chart says the same percentages as the table below it.
func TestChartsAndTablesNameTheSameShares(t *testing.T) {
	for _, name := range []string{"stages", "bottleneck"} {
		res := stayed(60, byChance(1, 1), byChance(2, 2), byChance(9, 3)).result(t, name, Options{AsOf: at(80)})
		chart, table := res.Body.Chart(english), res.Body.Table(english)
		column := slices.IndexFunc(table.Columns, func(c Column) bool { return c.Title == "Share of time" })
		seen := 0
		for _, row := range table.Rows {
			i := slices.Index(chart.Labels, row[0].Text)
			if i < 0 {
				continue
			}
			seen++
			if bar := barNumber(english, chart.Series[0].Values[i]) + "%"; bar != row[column].Text {
				t.Errorf("%s: the bar of %s says %s, the table %s", name, row[0].Text, bar, row[column].Text)
			}
		}
		if seen < 3 {
			t.Errorf("%s: %d stages compared", name, seen)
		}
	}
}

// A cell says only by a mark that it is of few: words in it would widen the column beyond a phone.
func TestLowConfidenceIsSaidBelowTheTable(t *testing.T) {
	for _, tt := range []struct{ deals, said int }{{enough - 1, 1}, {enough, 0}} {
		res := stayed(tt.deals, always(1), always(2), always(3)).result(t, "stages", Options{AsOf: at(200)})
		marked := 0
		for _, row := range res.Body.Table(english).Rows {
			for _, c := range row {
				if strings.Contains(c.Text, "confidence") {
					t.Errorf("%q is too wide", c.Text)
				}
				if strings.HasSuffix(c.Text, unsure) {
					marked++
				}
			}
		}
		if marked > 0 != (tt.said > 0) {
			t.Errorf("%d deals: %d marks", tt.deals, marked)
		}
		m := Render(res, english)
		for form, blocks := range map[string]any{"native": m.Blocks, "plain": m.Plain} {
			raw, err := json.Marshal(blocks)
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(string(raw), "low confidence"); n != tt.said {
				t.Errorf("%d deals, %s: said %d times", tt.deals, form, n)
			}
		}
	}
}

// Of every report, what is left out for few deals is a dash and never a number.
func TestNoNumberFromFewDeals(t *testing.T) {
	for n := range few {
		s := stayed(n, always(1), always(2), always(3))
		for _, name := range []string{"outcomes", "stages", "cycle", "funnel"} {
			for _, row := range s.result(t, name, Options{AsOf: at(100)}).Body.Table(english).Rows {
				for _, c := range row[1:] {
					if strings.ContainsAny(c.Text, "%") && !strings.HasPrefix(c.Text, dash) && name != "stages" {
						t.Errorf("%s of %d deals: %s %s", name, n, row[0].Text, c.Text)
					}
					if strings.Contains(c.Text, "days (") || strings.HasSuffix(c.Text, " days") && !strings.Contains(c.Text, "working") {
						t.Errorf("%s of %d deals: %s %s", name, n, row[0].Text, fmt.Sprint(c.Text))
					}
				}
			}
		}
	}
}

// The number of a bar is the one in the table, rounded alike.
func TestChartsAndTablesNameTheSameDays(t *testing.T) {
	res := stayed(60, byChance(1, 1), byChance(2, 2), byChance(9, 3)).result(t, "cycle", Options{AsOf: at(200)})
	chart, table := res.Body.Chart(english), res.Body.Table(english)
	for i, v := range chart.Series[0].Values {
		column := slices.IndexFunc(table.Columns, func(c Column) bool { return c.Title == chart.Labels[i] })
		if bar, cell := english.Days(v), table.Rows[0][column].Text; bar != cell || v != math.Round(10*v)/10 {
			t.Errorf("the bar of %s is %v, the table says %s", chart.Labels[i], v, cell)
		}
	}
}

// Of no deals there is no picture; but for the map, which has its stages.
func TestNoPictureOfNoDeals(t *testing.T) {
	for _, r := range All() {
		h := newScript(testProcess()).history(1)
		if _, ok := r.of(h, Options{AsOf: h.AsOf}).Picture(english); ok != (r.Name == "process") {
			t.Errorf("%s of no deals: a picture is %v", r.Name, ok)
		}
	}
}

// A digest without a bottleneck says what happened, and why none is named.
func TestDigestWithoutABottleneck(t *testing.T) {
	for _, tt := range []struct {
		script *script
		day    float64
		en, zh string
	}{
		{stayed(60, byChance(1, 1), byChance(6, 2), byChance(6, 3)), 80,
			"2 deals were won, 1 was lost. Demo and Offer cannot be told apart: each of them may take the most time.",
			"赢单 2 个，输单 1 个。演示和报价之间分不出高下：每一个都可能是用时最多的。"},
		{small(), 40, "2 deals were won, 1 was lost. Not enough history to say where deals spend their time. 20 visits to First contact are needed (now 7): move deals on as soon as they are ready.",
			"赢单 2 个，输单 1 个。历史数据太少，还看不出商机的时间花在了哪里。需要 20 次停留的记录，首次接触现有 7 次。商机条件具备后，请及时推进。"},
	} {
		h := tt.script.history(tt.day)
		d := &digest{h: h, now: period{won: 2, lost: 1}}
		b := bottleneck(h, Options{AsOf: h.AsOf}).(bottleneckBody)
		for _, said := range []struct {
			p    text.Printer
			want string
		}{{english, tt.en}, {chinese, tt.zh}} {
			if got := d.lead(said.p, b); got != said.want {
				t.Errorf("it says “%s”, not “%s”", got, said.want)
			}
		}
	}
}
