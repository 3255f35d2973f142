// Package bench measures the reports beside DuckDB: cold, warm and in memory.
//
// It is a module of its own, so that the product depends on no DuckDB, and neither
// "go build ./..." nor "go test ./..." there has anything to do with it:
//
//	make bench-reports                              # ten and a hundred thousand and a million deals
//	make bench-reports PIPEWRIGHT_BENCH_SMALL=1     # without the million, which takes ten minutes to make
//
// Each figure comes from a process of its own. Before anything is measured, both must
// have the same answers. PIPEWRIGHT_BENCH_DIR names a folder in which the data are kept
// for the next time.
package bench
