package draw

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []string
	}{
		{"", nil},
		{"Demo", []string{"Demo"}},
		{"First contact by phone", []string{"First contact", "by phone"}},
		{"Unbreakableandlongname", []string{"Unbreakableand", "longname"}},
		{"one two three four five six seven", []string{"one two three", "four five six…"}},
		{"产品演示与试用方案的说明", []string{"产品演示与试用方", "案的说明"}},
	} {
		if diff := cmp.Diff(c.want, Wrap(c.in, 10, 82, 2)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.in, diff)
		}
	}
}

func painted(t *testing.T, d *Drawing) image.Image {
	t.Helper()
	var out bytes.Buffer
	if err := d.PNG(&out); err != nil {
		t.Fatal(err)
	}
	m, err := png.Decode(&out)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// inked counts the pixels of a region that are not white.
func inked(m image.Image, x0, y0, x1, y1 int) int {
	n := 0
	for y := y0; y < y1; y++ {
		for x := x0; x < x1; x++ {
			if r, g, b, _ := m.At(x, y).RGBA(); r+g+b < 3*0xf000 {
				n++
			}
		}
	}
	return n
}

func TestShapesStandWhereTheyWereDrawn(t *testing.T) {
	d := &Drawing{Width: 200, Height: 100}
	d.Rect(Rect{X: 10, Y: 10, W: 30, H: 20, Fill: Colour{255, 0, 0}})
	d.Path(Path{Points: []Point{{60, 20}, {100, 20}, {100, 60}}, Round: 10, Thick: 4, Colour: Colour{0, 0, 255}, Head: true})
	d.Text(Text{X: 190, Y: 90, Size: 14, S: "end", Anchor: End})
	m := painted(t, d)
	if m.Bounds().Dx() != 400 || m.Bounds().Dy() != 200 {
		t.Fatalf("the picture is %v, two pixels for each of 200 × 100 wanted", m.Bounds())
	}
	for _, c := range []struct {
		what   string
		x, y   int
		wanted Colour
	}{{"box", 50, 40, Colour{255, 0, 0}}, {"line", 140, 40, Colour{0, 0, 255}}, {"arrow head", 200, 112, Colour{0, 0, 255}}, {"ground", 20, 150, White}} {
		r, g, b, _ := m.At(c.x, c.y).RGBA()
		if got := (Colour{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8)}); got != c.wanted {
			t.Errorf("%s: %v, want %v", c.what, got, c.wanted)
		}
	}
	if inked(m, 200, 34, 206, 40) != 0 {
		t.Error("the corner is not round")
	}
	if inked(m, 300, 150, 380, 200) == 0 || inked(m, 382, 150, 400, 200) != 0 {
		t.Error("a text that ends at a place does not")
	}
}

func TestChineseIsWritten(t *testing.T) {
	if regular, _ := FindFonts(); regular == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("no font with Chinese letters: this test needs one in CI")
		}
		t.Skip("no font with Chinese letters: " + FontHelp)
	}
	d := &Drawing{Width: 200, Height: 60}
	d.Text(Text{X: 10, Y: 40, Size: 30, S: "产品🙂演示"})
	if n := inked(painted(t, d), 0, 0, 400, 120); n < 1000 {
		t.Errorf("%d pixels are inked", n)
	}
}

// Where there is no font the drawing says so; what needs none of the system's is drawn all the same.
func TestWithoutFonts(t *testing.T) {
	dir := t.TempDir()
	if regular, bold := findFonts([]string{dir, filepath.Join(dir, "none")}); regular+bold != "" {
		t.Errorf("found %q and %q in an empty folder", regular, bold)
	}
	d := &Drawing{Width: 100, Height: 50}
	d.Text(Text{X: 10, Y: 30, Size: 12, S: "Demo – 12 → 3"})
	f, err := openFonts(d, nil)
	if err != nil || f.known("Demo – 12 → 3…", false) != "Demo – 12 → 3…" {
		t.Errorf("English needs no font of the system: %v", err)
	}
	d.Text(Text{X: 10, Y: 30, Size: 12, S: "演示"})
	if _, err := openFonts(d, []string{dir}); !errors.Is(err, ErrFont) {
		t.Errorf("Chinese without a font: %v", err)
	}
	broken := filepath.Join(dir, "NotoSansCJK-Regular.ttc")
	if err := os.WriteFile(broken, []byte("no font"), 0o600); err != nil {
		t.Fatal(err)
	}
	if regular, bold := findFonts([]string{dir}); regular != broken || bold != broken {
		t.Errorf("found %q and %q", regular, bold)
	}
	if _, err := openFonts(d, []string{dir}); !errors.Is(err, ErrFont) {
		t.Errorf("a broken font: %v", err)
	}
}

func TestLargeDrawingsTakeBoundedMemory(t *testing.T) {
	if b := painted(t, &Drawing{Width: 4000, Height: 4000}).Bounds(); b.Dx()*b.Dy() > maxPixels*1.01 {
		t.Errorf("%v pixels", b)
	}
}
