package draw

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
)

// ErrFont says that no font has the letters of a drawing. FontHelp says what to do.
var ErrFont = errors.New("no font has the letters of this picture")

// FontHelp is how Chinese letters come to a machine that lacks them.
const FontHelp = "apt-get install fonts-noto-cjk"

// families are fonts with Chinese letters, the best first: names of files, without what follows a
// dot, of the ordinary weight and of the bold one.
var families = [][2]string{
	{"NotoSansCJK-Regular", "NotoSansCJK-Bold"},
	{"NotoSansCJKsc-Regular", "NotoSansCJKsc-Bold"},
	{"NotoSansSC-Regular", "NotoSansSC-Bold"},
	{"SourceHanSansSC-Regular", "SourceHanSansSC-Bold"},
	{"msyh", "msyhbd"},
	{"wqy-zenhei", "wqy-zenhei"},
	{"wqy-microhei", "wqy-microhei"},
	{"Hiragino Sans GB", "Hiragino Sans GB"},
	{"STHeiti Medium", "STHeiti Medium"},
}

// fontDirs are where systems keep fonts.
func fontDirs() []string {
	dirs := []string{"/usr/share/fonts", "/usr/local/share/fonts", "/System/Library/Fonts", "/Library/Fonts", `C:\Windows\Fonts`}
	if home, err := os.UserHomeDir(); err == nil {
		dirs = append(dirs, filepath.Join(home, ".local/share/fonts"), filepath.Join(home, ".fonts"), filepath.Join(home, "Library/Fonts"))
	}
	return dirs
}

// FindFonts returns the files with Chinese letters that PNG would use, of the ordinary weight and
// of the bold one, "" where there are none.
func FindFonts() (regular, bold string) { return findFonts(fontDirs()) }

func findFonts(dirs []string) (regular, bold string) {
	found := map[string]string{}
	for _, dir := range dirs {
		_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error { // a folder that cannot be read has no fonts
			if err == nil && !d.IsDir() {
				name := strings.TrimSuffix(d.Name(), filepath.Ext(path))
				if _, taken := found[name]; !taken {
					found[name] = path
				}
			}
			return nil
		})
	}
	for _, f := range families {
		if regular = found[f[0]]; regular == "" {
			continue
		}
		if bold = found[f[1]]; bold == "" {
			bold = regular
		}
		return regular, bold
	}
	return "", ""
}

// fonts are the two weights of one family, open for one drawing.
type fonts struct {
	parsed [2]*sfnt.Font
	files  []*os.File
	faces  map[faceKey]font.Face
	buf    sfnt.Buffer
}

type faceKey struct {
	bold bool
	size float64
}

// openFonts returns fonts that have the letters of the drawing: those of the system where Chinese
// is written, and otherwise the ones that the program holds.
func openFonts(d *Drawing, dirs []string) (*fonts, error) {
	if !d.chinese() {
		return embedded()
	}
	regular, bold := findFonts(dirs)
	if regular == "" {
		return nil, ErrFont
	}
	f := &fonts{faces: map[faceKey]font.Face{}}
	for i, path := range []string{regular, bold} {
		file, err := os.Open(path)
		if err != nil {
			f.close()
			return nil, fmt.Errorf("%w: %w", ErrFont, err)
		}
		f.files = append(f.files, file)
		if f.parsed[i], err = readFont(file); err != nil {
			f.close()
			return nil, fmt.Errorf("%w: %s: %w", ErrFont, path, err)
		}
	}
	return f, nil
}

// readFont reads what is needed of a file, a font or a collection of them, and takes the one for
// simplified Chinese.
func readFont(file *os.File) (*sfnt.Font, error) {
	c, err := opentype.ParseCollectionReaderAt(file)
	if err != nil {
		return nil, err
	}
	for i := range c.NumFonts() {
		f, err := c.Font(i)
		if err != nil {
			return nil, err
		}
		if name, err := f.Name(nil, sfnt.NameIDFull); err == nil && strings.Contains(name, "CJK SC") {
			return f, nil
		}
	}
	return c.Font(0)
}

func embedded() (*fonts, error) {
	f := &fonts{faces: map[faceKey]font.Face{}}
	for i, ttf := range [][]byte{goregular.TTF, gobold.TTF} {
		var err error
		if f.parsed[i], err = opentype.Parse(ttf); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func (f *fonts) close() {
	for _, file := range f.files {
		_ = file.Close()
	}
}

func (f *fonts) of(bold bool) *sfnt.Font {
	if bold {
		return f.parsed[1]
	}
	return f.parsed[0]
}

// face returns the weight in the size, in pixels.
func (f *fonts) face(bold bool, size float64) (font.Face, error) {
	key := faceKey{bold, size}
	if face, ok := f.faces[key]; ok {
		return face, nil
	}
	face, err := opentype.NewFace(f.of(bold), &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFont, err)
	}
	f.faces[key] = face
	return face, nil
}

// known leaves out what the font has no letter for, such as an emoji in a stage's name.
func (f *fonts) known(s string, bold bool) string {
	return strings.Map(func(r rune) rune {
		if i, err := f.of(bold).GlyphIndex(&f.buf, r); err != nil || i == 0 {
			return -1
		}
		return r
	}, s)
}

// chinese reports whether the drawing has letters that only fonts of East Asia have.
func (d *Drawing) chinese() bool {
	return slices.ContainsFunc(d.shapes, func(s shape) bool {
		t, ok := s.(Text)
		return ok && strings.ContainsFunc(t.S, func(r rune) bool {
			return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) || r >= 0x3000 && r < 0x3040 || r >= 0xff00 && r < 0xfff0
		})
	})
}
