# Recounts a CRM's export by sales agent with R, to compare with:
#
#   Rscript crm.R ../../../shared/data/crm-opportunities/sales_pipeline.csv > crm.csv
#
# Shares are won ÷ (won + lost) with Wilson's interval; times go from engage_date to close_date, open deals are
# censored at the end of 2017. The last line tests whether the shares of the agents differ.
suppressPackageStartupMessages(library(survival))
d <- read.csv(commandArgs(TRUE)[1])
d$won <- d$deal_stage == "Won"
d$closed <- d$won | d$deal_stage == "Lost"
begun <- as.Date(d$engage_date)
d$days <- as.numeric(ifelse(d$closed, as.Date(d$close_date), as.Date("2017-12-31")) - as.numeric(begun))
cat("agent,won,lost,open,rate,low,high,km_median,km_low,km_high\n")
for (a in sort(unique(d$sales_agent), method = "radix")) {
  x <- d[d$sales_agent == a, ]
  n <- sum(x$closed)
  i <- prop.test(sum(x$won), n, correct = FALSE)$conf.int
  m <- summary(survfit(Surv(days, closed) ~ 1, data = x[!is.na(x$days), ]))$table
  cat(sprintf("%s,%d,%d,%d,%.12g,%.12g,%.12g,%.12g,%.12g,%.12g\n", a, sum(x$won), n - sum(x$won), nrow(x) - n, sum(x$won) / n, i[1], i[2],
    m["median"], m["0.95LCL"], m["0.95UCL"]))
}
t <- chisq.test(table(d$sales_agent[d$closed], d$won[d$closed]), correct = FALSE)
cat(sprintf("chi-square,%.12g,%d,%.12g,%.12g\n", t$statistic, t$parameter, t$p.value, min(t$expected)))
