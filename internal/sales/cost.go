package sales

// CostOf returns what an activity costs, in the process's currency: its minutes at
// the highest hourly rate among the person's roles, and the fixed cost of its type.
// It is not set when neither is known.
func (c *Case) CostOf(actor, kind string, minutes int) Money {
	rate := 0.0
	for _, r := range c.Org.Roles {
		if r.Rate > rate && c.Org.Holds(actor, r.Key) {
			rate = r.Rate
		}
	}
	t, _ := c.Process.Activity(kind)
	if rate == 0 && t.Cost == 0 {
		return Money{}
	}
	m, err := MoneyOf(rate*float64(minutes)/60+t.Cost, c.Process.Currency)
	if err != nil {
		return Money{}
	}
	return m
}
