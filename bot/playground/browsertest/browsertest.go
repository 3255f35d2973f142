// Package browsertest opens pages in Chromium, for tests.
package browsertest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// chromium is the path of the browser, "" where there is none.
func chromium() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// Need skips a test where there is no Chromium, saying what is not tested then; in CI that is a failure. Short tests
// do without a browser.
func Need(t *testing.T, tested string) {
	t.Helper()
	switch {
	case chromium() == "" && os.Getenv("CI") == "true":
		t.Fatalf("no Chromium: CI needs one to test %s", tested)
	case chromium() == "":
		t.Skipf("no Chromium on this machine: install it to test %s", tested)
	case testing.Short():
		t.Skipf("a browser takes a while: %s is not tested", tested)
	}
}

// most is how long one test may use the browser.
const most = 5 * time.Minute

// Start starts Chromium and returns its first tab, for as long as the test lasts.
func Start(t *testing.T) context.Context {
	t.Helper()
	path := chromium()
	if path == "" {
		t.Fatal("no Chromium on this machine: install it first")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("lang", "en-US"),
		chromedp.Flag("force-prefers-reduced-motion", true)) // a click on something that still moves would miss it
	alloc, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, most)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil { // starts it, for as long as ctx lives
		t.Fatalf("start %s: %v", path, err)
	}
	return ctx
}

// Viewport makes the tab that many pixels large; a narrow one is a phone's.
func Viewport(width, height int64) chromedp.Action[chromedp.Void] {
	if width < 760 {
		return chromedp.EmulateViewport(width, height, chromedp.EmulateMobile, chromedp.EmulateTouch)
	}
	return chromedp.EmulateViewport(width, height)
}

// Shot keeps a picture of the tab when the environment's SHOTS names a folder.
func Shot(ctx context.Context, t *testing.T, name string) {
	t.Helper()
	dir := os.Getenv("SHOTS")
	if dir == "" {
		return
	}
	time.Sleep(300 * time.Millisecond) // transitions
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600)
	}
	if err != nil {
		t.Logf("picture %s: %v", name, err)
	}
}
