package sales

// confirmAbove is the amount above which an approval of the step takes the amount typed; 0 is none. A step
// that says nothing takes what its policy says.
func (p Policy) confirmAbove(s Step) float64 {
	if s.ConfirmAbove > 0 {
		return s.ConfirmAbove
	}
	return p.ConfirmAbove
}

// NeedsAmount reports whether who approves the step has to type the amount of the request.
func (a Approval) NeedsAmount(s StepState) bool {
	return s.Confirm > 0 && a.Amount().Float() > s.Confirm
}

// confirmed refuses to approve a large amount that was not typed: Invalid "approval.confirm" when none was, and
// "approval.amount" when it was another one.
func (a Approval) confirmed(s StepState, d Decision) error {
	if d.Verdict != Approve || !a.NeedsAmount(s) {
		return nil
	}
	switch want := a.Amount(); {
	case d.Amount == "":
		return refuse(Invalid, "approval.confirm", "id", a.ID, "amount", want.Canonical())
	case amountOf(d.Amount) != want:
		return refuse(Invalid, "approval.amount", "id", a.ID, "input", d.Amount)
	}
	return nil
}
