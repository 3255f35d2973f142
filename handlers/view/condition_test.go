package view

import (
	"strings"
	"testing"
	"time"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

func TestConditionsInWords(t *testing.T) {
	process := sales.Shipped().Processes[0]
	process.Fields = append(process.Fields,
		sales.Field{Key: "region", Name: sales.Text{"en": "Region", "zh": "区域"}, Type: sales.FieldChoice, Options: []sales.Option{
			{Key: "emea", Name: sales.Text{"en": "Europe", "zh": "欧洲"}}, {Key: "apac", Name: sales.Text{"en": "Asia", "zh": "亚洲"}}}},
		sales.Field{Key: "arr", Name: sales.Text{"": "ARR"}, Type: sales.FieldMoney},
		sales.Field{Key: "golive", Name: sales.Text{"en": "Go-live", "zh": "上线日期"}, Type: sales.FieldDate},
		sales.Field{Key: "evil", Name: sales.Text{"": "<!channel>"}, Type: sales.FieldNumber})
	policy := sales.Policy{Form: []sales.Field{{Key: "term", Name: sales.Text{"en": "Term in years", "zh": "年限"}, Type: sales.FieldNumber}, {Key: "upfront", Name: sales.Text{"en": "Paid up front", "zh": "预付"}, Type: sales.FieldPercent}}}
	c := conditions{
		process: process, policy: policy, now: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC),
		org:  &sales.Organisation{Teams: []sales.Team{{Key: "north", Name: sales.Text{"en": "North", "zh": "北区"}}}},
		name: func(id string) string { return "Ana" },
	}
	for when, want := range map[sales.Condition][2]string{
		"discount > 30":                             {"the discount is above 30%", "折扣高于 30% "},
		"30 < discount":                             {"the discount is above 30%", "折扣高于 30% "},
		"100000 >= amount":                          {"the amount is 100,000 or less", "金额不高于 100,000 "},
		"margin < 12.25":                            {"the margin is below 12.25%", "毛利率低于 12.25% "},
		"margin >= -5":                              {"the margin is -5% or more", "毛利率不低于 -5% "},
		"arr <= 5000":                               {"the ARR is 5,000 or less", " ARR 不高于 5,000 "},
		"term == 3":                                 {"the term in years is 3", "年限为 3 "},
		"upfront != 50":                             {"the paid up front is not 50%", "预付不为 50% "},
		"region == 'emea'":                          {"the region is Europe", "区域为欧洲"},
		"region in ['emea', 'apac']":                {"the region is Europe or Asia", "区域为欧洲或亚洲"},
		"stage == 'demo'":                           {"the stage is Demo", "阶段为产品演示"},
		"team != 'north'":                           {"the team is not North", "团队不为北区"},
		"owner == 'U0ANA00001'":                     {"the owner is Ana", "负责人为 Ana "},
		"currency == 'EUR' && amount > 50000":       {"the currency is EUR and the amount is above 50,000", "币种为 EUR，且金额高于 50,000 "},
		"discount > 10 or region == 'apac'":         {"the discount is above 10% or the region is Asia", "折扣高于 10%，或区域为亚洲"},
		"discount > 1 && discount < 9 and term > 2": {"the discount is above 1% and the discount is below 9% and the term in years is above 2", "折扣高于 1%，且折扣低于 9%，且年限高于 2 "},
		"golive > '2026-12-24'":                     {"the go-live is after 24 Dec", "上线日期晚于 12月24日"},
		"golive <= '2026-12-24'":                    {"the go-live is 24 Dec or earlier", "上线日期不晚于 12月24日"},
		"source == ''":                              {"the source is not filled in", "来源未填写"},
		"source != ''":                              {"the source is filled in", "来源已填写"},
		"source == '<x>'":                           {"the source is &lt;x&gt;", "来源为&lt;x&gt;"},
		"evil > 1":                                  {"the &lt;!channel&gt; is above 1", "&lt;!channel&gt;高于 1 "},
		"gone > 1":                                  {"the gone is above 1", " gone 高于 1 "},
		"discount > 30 || amount > 1 && term > 2":   {"`discount &gt; 30 || amount &gt; 1 &amp;&amp; term &gt; 2`", " `discount &gt; 30 || amount &gt; 1 &amp;&amp; term &gt; 2` "},
		"not (discount > 30)":                       {"`not (discount &gt; 30)`", " `not (discount &gt; 30)` "},
		"source contains 'x'":                       {"`source contains 'x'`", " `source contains 'x'` "},
		"source > 'x'":                              {"`source &gt; 'x'`", " `source &gt; 'x'` "},
		"amount > term":                             {"`amount &gt; term`", " `amount &gt; term` "},
		"round(discount) > 30":                      {"`round(discount) &gt; 30`", " `round(discount) &gt; 30` "},
		"discount >":                                {"`discount &gt;`", " `discount &gt;` "},
		"term in []":                                {"`term in []`", " `term in []` "},
		sales.Condition(strings.Repeat("term == 1 || ", 6) + "term == 1"): {"`" + strings.Repeat("term == 1 || ", 6) + "term == 1`", " `" + strings.Repeat("term == 1 || ", 6) + "term == 1` "},
	} {
		for i, lang := range []string{"en-US", "zh-CN"} {
			if got := c.say(text.For(lang, time.UTC), when); got != want[i] {
				t.Errorf("%s in %s:\n got %q\nwant %q", when, lang, got, want[i])
			}
		}
	}
}
