package handlers

import (
	"strings"
	"testing"
	"time"
)

// TestDayOfARep writes down what people type in the course of a deal and what they see.
func TestDayOfARep(t *testing.T) {
	for _, tt := range []struct{ name, user string }{{"day_en", ana}, {"day_zh", li}} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			var out strings.Builder
			say := func(what string, r Reply) Reply {
				out.WriteString("> " + what + "\n" + shown(t, r) + "\n")
				return r
			}
			typed := func(line string) Reply {
				w.now = w.now.Add(5 * time.Minute)
				return say(line, w.types(tt.user, line))
			}
			clicked := func(r Reply, i int) Reply {
				b := buttonsOf(t, r)[i]
				return say("click "+b.label, w.clicks(tt.user, r, b.label))
			}
			typed("/deal")
			typed("/deal new Acme pilot 12k EUR for Acme Corp")
			typed("/deal new")
			gate := typed("/deal advance acme")
			form := clicked(gate, 0)
			say("submit", w.submits(tt.user, form, map[string]string{"activity.minutes": "25", "activity.note": "they want SSO"}))
			typed("/log 电话 acme 25m they *really* want SSO")
			typed("/log undo")
			typed("/deal advance acme")
			typed("/deal advance acme to signed")
			typed("/deal next acme send the draft by friday")
			typed("/deal wait acme customer because their lawyer is away")
			typed("/deal D-1")
			typed("/deal park acme until 1 Dec because of the fair")
			typed("/deal")
			typed("/deal resume acme")
			typed("/deal set acme close 1 Dec")
			typed("/deal set acme margin 31,5%")
			typed("/deal set acme close 12/1")
			typed("/deal back acme to lead because we had the wrong person")
			typed("/deal undo acme")
			typed("/deal list")
			typed("/deal list discovery")
			typed("/deal won acme")
			lost := typed("/deal lost acme")
			clicked(lost, 0)
			typed("/deal D-1")
			typed("/deal reopen acme because they found the budget")
			typed("/deal lost acme they never had any money")
			out.WriteString("Delivered\n")
			for _, line := range w.deliver() {
				if !strings.HasPrefix(line, "post ") {
					out.WriteString(line + "\n")
				}
			}
			golden(t, tt.name, out.String())
		})
	}
}

// TestSlips writes down what people see who typed something wrong.
func TestSlips(t *testing.T) {
	for _, tt := range []struct{ name, user string }{{"slips_en", ana}, {"slips_zh", li}} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.types(tt.user, "/deal new Acme pilot 12k")
			w.types(tt.user, "/deal new Acme rollout 1.5 million euros")
			var out strings.Builder
			for _, line := range []string{
				"/deal advnce pilot", "/deal acne", "/deal acme", "/deal advance acme", "/deal pilot now", "/deal advance", "/deal frobnicate",
				"/deal advance pilot to discoverx", "/deal advance pilot to lead", "/deal back pilot to demo", "/deal set pilot colour red",
				"/deal set pilot amount 12.000", "/deal set pilot amount many", "/deal set pilot amount -5", "/deal assign pilot @nobody",
				"/deal reopen pilot because why not", "/deal resume pilot", "/deal park pilot until yesterday", "/deal park pilot until someday",
				"/deal wait pilot godot", "/deal undo pilot", "/deal D-99", "/log cal pilot", "/log pilot call 20m", "/log pilot", "/log c pilot",
				"/log undo", "/deal new 12.000 x", "/deal new Big 12.000", "/deal override", "/del advance acme", "/deal set pilot", "/deal set pilot close",
				"/deal advance pilot override", "/deal wait pilot", "/deal back pilot", "/deal park pilot", "/deal next pilot", "/deal assign pilot",
			} {
				out.WriteString("> " + line + "\n" + shown(t, w.types(tt.user, line)) + "\n")
			}
			golden(t, tt.name, out.String())
		})
	}
}

// TestHelp writes down every help.
func TestHelp(t *testing.T) {
	for _, tt := range []struct{ name, user string }{{"help_en", ana}, {"help_zh", li}} {
		w := newWorld(t)
		var out strings.Builder
		for _, line := range []string{"/deal help", "/log help", "/deal advance help", "/deal help lost", "/deal 帮助 推进", "/log undo help"} {
			out.WriteString("> " + line + "\n" + shown(t, w.types(tt.user, line)) + "\n")
		}
		if all := shown(t, w.mentions(tt.user, "D1", "", "")); !strings.Contains(all, "`/deal help`") || !strings.Contains(all, "`/log help`") {
			t.Errorf("the help of all: %s", all)
		}
		golden(t, tt.name, out.String())
	}
}
