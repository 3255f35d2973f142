package stat

import "math"

// Table is a two-by-two table of counts: the rows are two arms, the columns outcome and no outcome.
//
//	A B
//	C D
type Table struct {
	A, B, C, D int
}

// Homogeneity is the chi-square test of a table of counts. Below a MinExpected of about 5 the test is not to be trusted.
type Homogeneity struct {
	Test
	MinExpected float64
}

// ChiSquare tests whether the shares of the columns are the same in all rows (Pearson, without continuity correction). Rows and
// columns without counts are left out; with fewer than two of either the test is unknown.
func ChiSquare(counts [][]int) Homogeneity {
	var rows, columns []float64
	total := 0.0
	for _, row := range counts {
		sum := 0.0
		for j, n := range row {
			if j == len(columns) {
				columns = append(columns, 0)
			}
			columns[j] += float64(n)
			sum += float64(n)
		}
		rows = append(rows, sum)
		total += sum
	}
	statistic, least := 0.0, math.Inf(1)
	for i, row := range counts {
		for j, n := range row {
			if expected := rows[i] * columns[j] / total; expected > 0 {
				statistic += square(float64(n)-expected) / expected
				least = math.Min(least, expected)
			}
		}
	}
	test := chiSquare(statistic, max(positive(rows)-1, 0)*max(positive(columns)-1, 0))
	if !Known(test.P) {
		least = math.NaN()
	}
	return Homogeneity{test, least}
}

func positive(sums []float64) int {
	n := 0
	for _, s := range sums {
		if s > 0 {
			n++
		}
	}
	return n
}

// MantelHaenszel returns the common odds ratio of the strata, with the interval of Robins, Breslow and Greenland. It is unknown when
// no stratum can tell, and 0 or +Inf where one side has no counts; then it has no interval.
func MantelHaenszel(strata []Table) Estimate {
	var r, s, pr, psqr, qs float64
	for _, t := range strata {
		n := float64(t.A + t.B + t.C + t.D)
		if n == 0 {
			continue
		}
		p, q := float64(t.A+t.D)/n, float64(t.B+t.C)/n
		ri, si := float64(t.A)*float64(t.D)/n, float64(t.B)*float64(t.C)/n
		r += ri
		s += si
		pr += p * ri
		psqr += p*si + q*ri
		qs += q * si
	}
	odds := r / s
	se := math.Sqrt(pr/(2*r*r) + psqr/(2*r*s) + qs/(2*s*s))
	if r == 0 || s == 0 {
		return Estimate{odds, math.NaN(), math.NaN()}
	}
	return Estimate{odds, odds * math.Exp(-z*se), odds * math.Exp(z*se)}
}

// Fisher returns the two-sided p of Fisher's exact test, by summing the tables with the same margins that are no likelier than
// this one, and the odds ratio as the conditional maximum-likelihood estimate (0 and +Inf at the ends of what the margins allow).
// When the margins allow one table only, p is 1 and the odds ratio unknown.
func Fisher(t Table) (p, odds float64) {
	h := hypergeometric{row: t.A + t.B, other: t.C + t.D, column: t.A + t.C}
	if h.low() >= h.high() {
		return 1, math.NaN()
	}
	return h.twoSided(t.A), h.oddsRatio(t.A)
}

// hypergeometric is the distribution of a two-by-two table's first count, given the margins.
type hypergeometric struct {
	row, other, column int // totals of the first row, the second row, the first column
}

func (h hypergeometric) low() int  { return max(0, h.column-h.other) }
func (h hypergeometric) high() int { return min(h.row, h.column) }

// ratio returns P(x+1)/P(x) when the odds ratio is 1.
func (h hypergeometric) ratio(x int) float64 {
	return float64(h.row-x) / float64(x+1) * float64(h.column-x) / float64(h.other-h.column+x+1)
}

// mode returns the likeliest count at the given odds ratio: the ratio of neighbours falls, so it is where that passes 1.
func (h hypergeometric) mode(odds float64) int {
	low, high := h.low(), h.high()
	for low < high {
		middle := low + (high-low)/2
		if h.ratio(middle)*odds > 1 {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}

// each calls f for every count whose likelihood, relative to that of the mode, is not too small for a float64. It starts from the
// mode, so that nothing overflows and as little as possible is computed.
func (h hypergeometric) each(odds float64, f func(x int, likelihood float64)) {
	mode := h.mode(odds)
	f(mode, 1)
	l := 1.0
	for x := mode; x < h.high(); x++ {
		if l *= h.ratio(x) * odds; l == 0 {
			break
		}
		f(x+1, l)
	}
	l = 1.0
	for x := mode - 1; x >= h.low(); x-- {
		if l /= h.ratio(x) * odds; l == 0 {
			break
		}
		f(x, l)
	}
}

func (h hypergeometric) twoSided(observed int) float64 {
	const rounding = 1 + 1e-7 // equally likely tables must not be told apart by rounding
	limit := 0.0
	h.each(1, func(x int, l float64) {
		if x == observed {
			limit = l * rounding
		}
	})
	var sum, total float64
	h.each(1, func(_ int, l float64) {
		total += l
		if l <= limit {
			sum += l
		}
	})
	return sum / total
}

// oddsRatio returns the odds ratio at which the expected count is the observed one: Newton's steps on the logarithm, where the
// slope of the mean is the variance, halving the bracket when a step would leave it.
func (h hypergeometric) oddsRatio(observed int) float64 {
	switch observed {
	case h.low():
		return 0
	case h.high():
		return math.Inf(1)
	}
	a, b := float64(observed), float64(h.row-observed)
	c, d := float64(h.column-observed), float64(h.other-h.column+observed)
	guess, low, high := math.Log(a/b*d/c), -700.0, 700.0
	for range 200 {
		mean, variance := h.moments(math.Exp(guess))
		if mean < a {
			low = guess
		} else {
			high = guess
		}
		next := guess + (a-mean)/variance
		if !(next > low && next < high) {
			next = low + (high-low)/2
		}
		if math.Abs(next-guess) <= 1e-15*math.Max(1, math.Abs(guess)) {
			return math.Exp(next)
		}
		guess = next
	}
	return math.Exp(guess)
}

// moments returns mean and variance at the given odds ratio.
func (h hypergeometric) moments(odds float64) (mean, variance float64) {
	mode := h.mode(odds)
	var total, first, second float64
	h.each(odds, func(x int, l float64) {
		away := float64(x - mode)
		total += l
		first += away * l
		second += away * away * l
	})
	first /= total
	return float64(mode) + first, second/total - first*first
}
