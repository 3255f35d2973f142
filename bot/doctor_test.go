package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

// What doctor advises where nobody is in the map yet is what can be typed.
func TestDoctorOnAnEmptyMap(t *testing.T) {
	ctx := t.Context()
	st, err := store.Open(ctx, sqliteFile(t), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if err := ensureMap(ctx, st, time.Now()); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	d := &doctor{out: &out, p: text.For("en", nil)}
	err = st.Read(ctx, func(ctx context.Context, r *store.Reader) error { return d.maps(ctx, r, Config{Prefix: "pw-"}) })
	said := out.String()
	if err != nil || !strings.Contains(said, "/pw-process team new north North") || !strings.Contains(said, "/pw-process role add product @someone") {
		t.Errorf("%v:\n%s", err, said)
	}
	if strings.Contains(said, "holds rep") || strings.Contains(said, "manager,") { // a team brings them
		t.Errorf("it advises to give roles that nobody is given:\n%s", said)
	}
}

// A user group that a step asks is named when it is empty, and when the bot has never seen it.
func TestDoctorOnUserGroups(t *testing.T) {
	var out bytes.Buffer
	d := &doctor{out: &out, p: text.For("en", nil)}
	org := &sales.Organisation{
		Groups: map[string][]string{"SEMPTY": {}, "SLEFT": {"UGONE"}, "SFULL": {"ULEO"}}, Handles: map[string]string{"SEMPTY": "pricing"}, Gone: []string{"UGONE"},
	}
	d.groups(org, []string{"SEMPTY", "SFULL", "SLEFT", "SNEW"})
	said := out.String()
	if strings.Contains(said, "SFULL") || !strings.Contains(said, "nobody is in @pricing and SLEFT") || !strings.Contains(said, "has not seen the user group SNEW") {
		t.Error(said)
	}
}

func TestDoctorOnFonts(t *testing.T) {
	for _, c := range []struct{ font, want string }{{"", "fonts-noto-cjk"}, {"/fonts/NotoSansCJK-Regular.ttc", "ok    fonts      /fonts/NotoSansCJK-Regular.ttc"}} {
		var out bytes.Buffer
		(&doctor{out: &out, p: text.For("en", nil)}).fonts(c.font, c.font)
		if !strings.Contains(out.String(), c.want) {
			t.Errorf("with %q it says %q", c.font, out.String())
		}
	}
}
