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

// confirmed refuses to approve a large amount that was not typed, Invalid "approval.confirm", and any for which
// another one was typed, "approval.amount".
func (a Approval) confirmed(s StepState, d Decision) error {
	if d.Verdict != Approve {
		return nil
	}
	switch want := a.Amount(); {
	case d.Amount == "" && a.NeedsAmount(s):
		return refuse(Invalid, "approval.confirm", "id", a.ID, "amount", want.Canonical())
	case d.Amount != "" && amountOf(d.Amount) != want:
		return refuse(Invalid, "approval.amount", "id", a.ID, "input", d.Amount)
	}
	return nil
}
