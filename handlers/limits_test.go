package handlers

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"testing"

	"pipewright/handlers/view"
	"pipewright/handlers/view/limitstest"
)

// The tests hand intents over and draw messages by these functions alone, so that all that
// they see is held against Slack's limits.

// answered hands an intent over.
func answered(t testing.TB, app *App, in Intent) (Reply, error) {
	t.Helper()
	r, err := app.Handle(context.Background(), in)
	if err != nil {
		return r, err
	}
	where := string(in.Kind) + " " + in.Name + " " + short(in.Text+in.Value)
	if r.Text != "" || len(r.Blocks) > 0 {
		limitstest.Message(t, where, r.Text, r.Blocks)
	}
	if r.Plain != nil {
		limitstest.Message(t, where+" (plain)", r.Text, r.Plain)
	}
	if r.Modal != nil {
		limitstest.Form(t, where, r.Modal)
	}
	if r.Options != nil {
		limitstest.Options(t, where, r.Options)
	}
	if len(r.Errors) > 0 {
		limitstest.Errors(t, where, r.Errors)
	}
	return r, nil
}

func short(s string) string {
	runes := []rune(s)
	return string(runes[:min(len(runes), 60)])
}

// drawnCard draws a card as it stands now.
func drawnCard(t testing.TB, app *App, subject, channel string) (view.Message, error) {
	t.Helper()
	return inBoth(t, app, "card of "+subject+" in "+channel, func(a *App) (view.Message, error) { return a.RenderCard(context.Background(), subject, channel) })
}

// drawnHistory draws a line in a deal's thread.
func drawnHistory(t testing.TB, app *App, body []byte) (view.Message, error) {
	t.Helper()
	return inBoth(t, app, "history "+string(body), func(a *App) (view.Message, error) { return a.RenderHistory(context.Background(), body) })
}

// inBoth draws a message. It is held against the limits as it would be in the workspace's other language too.
func inBoth(t testing.TB, app *App, where string, draw func(a *App) (view.Message, error)) (view.Message, error) {
	t.Helper()
	for _, locale := range []string{"en-US", "zh-CN"} {
		other := *app
		other.Locale = locale
		if m, err := draw(&other); err == nil {
			held(t, locale+" "+where, m)
		}
	}
	return draw(app)
}

// drawnPost draws a frozen post.
func drawnPost(t testing.TB, app *App, body []byte) (view.Message, error) {
	t.Helper()
	m, err := app.RenderPost(body)
	if err == nil {
		held(t, "post "+short(string(body)), m)
	}
	return m, err
}

// drawnPicture draws a row that shows a picture.
func drawnPicture(t testing.TB, app *App, body []byte) (view.Message, error) {
	t.Helper()
	m, err := app.RenderPicture(body)
	if err == nil {
		held(t, "picture", m)
	}
	return m, err
}

func held(t testing.TB, where string, m view.Message) {
	t.Helper()
	if m.Home != nil {
		limitstest.Home(t, where, m.Home)
		return
	}
	limitstest.Message(t, where, m.Text, m.Blocks)
	if m.Plain != nil {
		limitstest.Message(t, where+" (plain)", m.Text, m.Plain)
	}
}

// No test answers or draws past the limits.
func TestAllThatTestsSeeIsHeldAgainstTheLimits(t *testing.T) {
	files, err := filepath.Glob("*_test.go")
	if err != nil || len(files) < 30 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	guarded := []string{"Handle", "RenderCard", "RenderHistory", "RenderPost", "RenderPicture"}
	for _, name := range files {
		if name == "limits_test.go" || name == "bench_test.go" { // which measures the answer alone
			continue
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && slices.Contains(guarded, sel.Sel.Name) {
				t.Errorf("%s calls %s: use answered or drawn… of limits_test.go", set.Position(sel.Pos()), sel.Sel.Name)
			}
			return true
		})
	}
}
