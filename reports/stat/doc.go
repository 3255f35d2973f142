// Package stat holds the statistics that the reports are made of. It is pure: no input or output, no clock, nothing of the
// project. Distributions come from gonum; what is here is what gonum lacks.
//
// # Unknown is NaN
//
// There is one convention for "unknown", "not reached" and "cannot be computed": NaN, as R writes NA. Every function
// answers every input, the empty one included; none returns an error. Ask with [Known], or [Estimate.Known], before printing;
// encoding/json refuses NaN, so that a forgotten check is found. An odds ratio may truly be +Inf.
//
// # Intervals
//
// All intervals are at the 95 % level ([Level]).
//
// # Times until an end
//
// [NewSample] sorts observations once; every method of [Sample] is then one or two passes over them, some 20 ms
// a million each, and allocates nothing (but for curves and lists):
//
//	s := stat.NewSample(observations)  // {Time: 3.5, Cause: won, Group: deal}
//	s.Median()                         // Kaplan–Meier, any cause an event
//	s.RMST(30)                         // restricted mean over 30 days
//	s.Incidence(30, won)               // Aalen–Johansen, other causes competing
//	stat.Bootstrap(seed, stat.Rounds, groups, func(counts []int32) {
//		draws = append(draws, s.Resample(counts).RMST(30).Value)
//	})
//
// Results agree with R's survival package to 1e-9; testdata/make.R says how the numbers were made.
package stat
