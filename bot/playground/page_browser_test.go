package playground

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/slack-go/slack"

	"pipewright/bot/playground/browsertest"
)

// browser is a person at the page.
type browser struct {
	*testing.T
	*world
	bot *pageBot
	ctx context.Context
}

// openBrowser opens the page's world and a browser, where there is one.
func openBrowser(t *testing.T) *browser {
	t.Helper()
	browsertest.Need(t, "the page")
	w, bot := newPageWorld(t)
	ctx := browsertest.Start(t)
	b := &browser{T: t, world: w, bot: bot, ctx: ctx}
	b.size(1280, 800)
	messages := chromedp.Console(ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			if m.IsException() || m.Type == chromedp.ConsoleError && m.Source == "" {
				t.Errorf("the page complained: %s", m.Text)
			}
		}
	}()
	return b
}

func (b *browser) run(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.T.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 20*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.shot("failed")
		b.T.Fatalf("%s: %v", what, err)
	}
}

func (b *browser) js(script string) {
	b.T.Helper()
	b.run(script, chromedp.Evaluate[chromedp.Void](script))
}

func (b *browser) open(hash string) {
	b.T.Helper()
	b.run("open "+hash, chromedp.Navigate("about:blank"), chromedp.Navigate(b.URL()+"/"+hash))
	b.sees(".people .me", "")
}

// follow moves within the page.
func (b *browser) follow(hash string) {
	b.T.Helper()
	b.js(fmt.Sprintf("location.hash = %q", hash))
}

// click presses what matches; when the page draws it anew in that moment, it tries again, as a person would.
func (b *browser) click(selector string) {
	b.T.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 20*time.Second)
	defer cancel()
	err := errors.New("not tried")
	for tries := 0; err != nil && tries < 3 && ctx.Err() == nil; tries++ {
		err = chromedp.Do(ctx, chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
	}
	if err != nil {
		b.shot("failed")
		b.T.Fatalf("click %s: %v", selector, err)
	}
}

// keys presses keys where the focus is. As at a keyboard, the text comes with the key that is pressed: a page that
// keeps the key to itself gets no text.
func (b *browser) keys(keys string, modifiers ...chromedp.Modifier) {
	b.T.Helper()
	b.run("press "+keys, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		for _, r := range keys {
			var down *input.DispatchKeyEventParams
			for _, k := range kb.Encode(r) {
				for _, m := range modifiers {
					k.Modifiers |= int64(m)
				}
				switch k.Type {
				case kb.KeyDown:
					down = k
					continue
				case kb.KeyChar:
					if len(modifiers) == 0 {
						down.Text, down.UnmodifiedText = k.Text, k.UnmodifiedText
					}
					continue
				}
				for _, event := range []*input.DispatchKeyEventParams{down, k} {
					if _, err := cdp.Call(ctx, target, input.DispatchKeyEvent, *event); err != nil {
						return err
					}
				}
			}
		}
		return nil
	}))
}

// write replaces what stands in a field.
func (b *browser) write(selector, text string) {
	b.T.Helper()
	b.is(selector+" is there", fmt.Sprintf("document.querySelector(%q)?.checkVisibility()", selector))
	b.js(fmt.Sprintf("document.querySelector(%q).focus(), document.querySelector(%q).select()", selector, selector))
	b.keys(text)
}

// is waits until the JavaScript expression is true.
func (b *browser) is(what, js string) {
	b.T.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 20*time.Second)
	defer cancel()
	for {
		if yes, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("Boolean("+js+")")); err == nil && yes {
			return
		}
		select {
		case <-ctx.Done():
			b.shot("failed")
			b.T.Fatalf("never came true: %s", what)
		case <-time.After(30 * time.Millisecond):
		}
	}
}

// sees waits until a visible element that matches holds the text.
func (b *browser) sees(selector, text string) {
	b.T.Helper()
	b.is(fmt.Sprintf("%s shows %q", selector, text), fmt.Sprintf("[...document.querySelectorAll(%q)].some(e => e.checkVisibility() && e.textContent.includes(%q))", selector, text))
}

func (b *browser) seesNot(selector string) {
	b.T.Helper()
	b.is(selector+" is gone", fmt.Sprintf("![...document.querySelectorAll(%q)].some(e => e.checkVisibility())", selector))
}

func (b *browser) size(width, height int64) {
	b.T.Helper()
	b.run("resize", browsertest.Viewport(width, height))
}

// clicked is the next action that reached the app.
func (b *browser) clicked() slack.BlockAction {
	b.T.Helper()
	select {
	case a := <-b.bot.clicked:
		return a
	case <-time.After(20 * time.Second):
		b.shot("failed")
		b.T.Fatal("no click reached the app")
		return slack.BlockAction{}
	}
}

// shot keeps a picture when SHOTS names a folder.
func (b *browser) shot(name string) {
	b.T.Helper()
	browsertest.Shot(b.ctx, b.T, name)
}
