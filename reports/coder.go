package reports

import (
	"bufio"
	"encoding/binary"
	"io"
)

// coder writes numbers and texts to a file, or reads them from it: one description of a form
// serves both ways. The first error stays; what is read after it is 0. (encoding/gob was measured with 100,000
// deals: its file is twice as large, and read in half as long again.)
type coder struct {
	w     *bufio.Writer // nil when reading
	r     *bufio.Reader
	texts []string // each is written once, and by its place from then on
	known map[string]int

	shared []*traits
	places map[*traits]int

	err error
}

func newWriter(w io.Writer) *coder {
	return &coder{w: bufio.NewWriterSize(w, 1<<16), known: map[string]int{}, places: map[*traits]int{}}
}

func newReader(r io.Reader) *coder {
	return &coder{r: bufio.NewReaderSize(r, 1<<16), places: map[*traits]int{}}
}

// number writes or reads a number; small ones take one byte.
func number[T ~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint32](c *coder, v *T) {
	if c.w == nil {
		*v = T(c.read())
		return
	}
	c.write(int64(*v))
}

// since writes or reads a number as its distance from another.
func since(c *coder, v *int64, from int64) {
	n := *v - from // may overflow, and then does so again on the way back
	number(c, &n)
	*v = n + from
}

func yes(c *coder, v *bool) {
	n := 0
	if *v {
		n = 1
	}
	number(c, &n)
	*v = n == 1
}

func (c *coder) write(n int64) {
	if c.err == nil {
		var buf [binary.MaxVarintLen64]byte
		_, c.err = c.w.Write(buf[:binary.PutVarint(buf[:], n)])
	}
}

func (c *coder) read() int64 {
	if c.err != nil {
		return 0
	}
	buf, err := c.r.Peek(binary.MaxVarintLen64)
	n, size := binary.Varint(buf)
	if size <= 0 {
		if c.err = err; err == nil || len(buf) > 0 {
			c.err = io.ErrUnexpectedEOF
		}
		return 0
	}
	_, _ = c.r.Discard(size)
	return n
}

// word writes or reads a text that occurs often.
func word[T ~string](c *coder, v *T) {
	if c.w == nil {
		*v = T(c.readText())
		return
	}
	place, ok := c.known[string(*v)]
	if !ok {
		place = len(c.known)
		c.known[string(*v)] = place
	}
	c.write(int64(place))
	if !ok && c.err == nil {
		c.write(int64(len(*v)))
		_, c.err = c.w.WriteString(string(*v))
	}
}

func (c *coder) readText() string {
	place := int(c.read())
	switch {
	case c.err != nil || place < 0 || place > len(c.texts):
		c.fail()
		return ""
	case place < len(c.texts):
		return c.texts[place]
	}
	size := c.read()
	if size < 0 || size > 1<<20 {
		c.fail()
		return ""
	}
	b := make([]byte, size)
	if _, err := io.ReadFull(c.r, b); err != nil {
		c.err = err
	}
	c.texts = append(c.texts, string(b))
	return c.texts[place]
}

func (c *coder) fail() {
	if c.err == nil {
		c.err = io.ErrUnexpectedEOF
	}
}
