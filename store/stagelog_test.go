package store

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"pipewright/internal/sales"
)

// TestStageEventReadsWhatJSONDoes compares the quick reader with the whole one, over texts with every kind of character.
func TestStageEventReadsWhatJSONDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.Just(""), rapid.SampledFrom([]string{"lead", "報價", `a "b"`, `\`, "<x>", "}{,:[]", "\n"}), rapid.String())
		yes := rapid.Bool()
		data := sales.EventData{
			From: text.Draw(t, "from"), To: text.Draw(t, "to"), Direction: sales.Exit(text.Draw(t, "direction")), Skipped: rapid.SliceOfN(text, 0, 3).Draw(t, "skipped"),
			Reopens: yes.Draw(t, "reopens"), Ends: yes.Draw(t, "ends"), NoStay: yes.Draw(t, "no stay"), User: text.Draw(t, "user"), Team: text.Draw(t, "team"),
			Reason: text.Draw(t, "reason"), Undoes: rapid.Int().Draw(t, "undoes"), Process: text.Draw(t, "process"), Source: text.Draw(t, "source"),
		}
		stored := data
		stored.Note, stored.Until, stored.Override = text.Draw(t, "note"), rapid.Int64().Draw(t, "until"), yes.Draw(t, "override")
		stored.Initial = rapid.MapOfN(text, text, 0, 3).Draw(t, "initial")
		stored.Missing, stored.Value = rapid.SliceOfN(text, 0, 3).Draw(t, "missing"), text.Draw(t, "value")
		body, err := json.Marshal(stored)
		if err != nil {
			t.Fatal(err)
		}
		got, err := stageEvent([]any{int64(7), int64(3), nil, "UANA", "moved", string(body)})
		if err != nil {
			t.Fatal(err)
		}
		var want sales.EventData
		if err := json.Unmarshal(body, &want); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(onlyStages(want), onlyStages(got.Data)); diff != "" {
			t.Fatalf("of %s (-JSON +quick):\n%s", body, diff)
		}
		if got.Data.Initial != nil || got.Deal != 7 || got.Version != 3 || got.Type != sales.Moved || !got.At.IsZero() {
			t.Fatalf("%+v", got)
		}
	})
}

func onlyStages(d sales.EventData) sales.EventData {
	return sales.EventData{
		From: d.From, To: d.To, Direction: d.Direction, Skipped: d.Skipped, Override: d.Override, Reopens: d.Reopens, Ends: d.Ends, NoStay: d.NoStay,
		User: d.User, Team: d.Team, Reason: d.Reason, Undoes: d.Undoes, Process: d.Process, Source: d.Source,
	}
}

func TestStageEventRefusesWhatIsNoJSON(t *testing.T) {
	for _, data := range []string{"", "{", `{"to"`, `{"to":}`, `{"to":"a"} `, `{"to":"a"}x`, `{"ends":maybe}`, `{"skipped":["a"}`, `[]`} {
		e, err := stageEvent([]any{int64(7), int64(3), int64(5), "", "moved", data})
		valid := json.Unmarshal([]byte(data), &sales.EventData{}) == nil
		if valid != (err == nil) {
			t.Errorf("%q: %v, and JSON says %t", data, err, valid)
		}
		if err != nil && err.Error() == "" || err == nil && e.Data.To != "a" {
			t.Error(fmt.Sprint(data, e, err))
		}
	}
}

// BenchmarkStageEvent reads the data of an event as reports do, and as everything else does.
func BenchmarkStageEvent(b *testing.B) {
	data := `{"from":"discovery","to":"demo","direction":"forward","skipped":["quote"],"note":"they want to see it","value":"12000"}`
	row := []any{int64(7), int64(3), int64(5), "UANA", "moved", data}
	b.Run("stages only", func(b *testing.B) {
		for b.Loop() {
			if _, err := stageEvent(row); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("whole", func(b *testing.B) {
		for b.Loop() {
			if err := json.Unmarshal([]byte(data), &sales.EventData{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
