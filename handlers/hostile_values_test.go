package handlers

import (
	"fmt"
	"strings"
	"testing"
)

// Whatever a button or form carries, the answer is a sentence: nothing panics, and
// nothing is left uncommitted.
func TestAnyValueGetsASentence(t *testing.T) {
	w := secretive(t)
	values := []string{
		":", "::", ":::", "|", "||||||", "|||||||", "-1:-1", "0:0", "0", "9223372036854775807:9223372036854775807", "9223372036854775808:1",
		"99999999:stage:b2b:lead", "-5:all", "1:nowhere", "0:stage", "0:stage:", "0:stage:nowhere:lead", "0:held:b2b:nowhere", "9223372036854775807:all",
		"edit:", "edit:1", "nothing:1:1", "note:", "deal:9", "withdraw:x", "1:2:us:9", "1:2:us:-1", "1:2:nobody:3", "1:1:maybe:dm", "1:5:approve:dm",
		"1:1::", "1:1:nothing", "1:nothing", "b2b:nowhere", "nowhere:lead", "nowhere", "<!channel>", "%s%n%d", "\x00", "\xff\xfe", strings.Repeat("9", 400),
		strings.Repeat("x:", 1000), "funnel|nowhere|||||", "nothing|b2b|||||", "funnel|b2b||||zzzzzzzzzzzzzzzzzzzz|", "funnel|b2b||nowhere||||stage:x:y",
		"funnel|b2b||||1|2|stage::|-1", "outcomes|b2b|||zzzzzzzzzz|1|zzzz|outcome:lost:nothing|9999999999", "funnel|b2b|||||mqov8f40|closed:won", "funnel|b2b|||||mqov8f40|stage:lead:reached|99999",
		"deal", "deal \x00", "report", "process", "run", "run run", "report subscribe digest <#CX> daily 99:99", "log call D-1 99999999999999999999m",
	}
	for _, user := range []string{ada, wei, li, "UNOBODY"} {
		i := 0
		for _, in := range everyIntent(w, user) {
			in.Value = values[i%len(values)]
			if in.Kind == Submission || in.Kind == Options {
				in.Text, in.View.Meta = in.Value, in.Value
				in.Values = map[string][]string{"deal.pick": {in.Value}, "deal.party": {in.Value}, "deal.amount": {in.Value}, "deal.close": {in.Value}, "report.when": {in.Value}, "pulse.us": {in.Value}}
			}
			i++
			in.Key, in.Trigger, in.Now = fmt.Sprintf("any-%s-%d", user, i), "trigger", w.now
			r, err := answered(t, w.app, in)
			if err != nil {
				t.Errorf("%s %s %s %q: %v", user, in.Kind, in.Name, in.Value, err)
				continue
			}
			if s := whole(t, r); strings.Contains(s, "went wrong") || strings.Contains(s, "%!") && !strings.Contains(in.Value, "%") {
				t.Errorf("%s %s %s %q: %s", user, in.Kind, in.Name, in.Value, s)
			}
		}
	}
}
