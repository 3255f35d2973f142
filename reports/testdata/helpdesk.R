# Recounts the stage history of a real ticket process with R, to compare with:
#
#   Rscript helpdesk.R ../../../shared/data/helpdesk-history/helpdesk.csv > helpdesk.csv
#
# A case's rows in order of time (and of the file, where times are equal) are its stages; repeats of a
# stage are one stay; "Closed" is the win and ends the case; open stays are censored at the last event of all.
suppressPackageStartupMessages(library(survival))
d <- read.csv(commandArgs(TRUE)[1], check.names = FALSE)
d$at <- as.numeric(as.POSIXct(sub("\\+00:00$", "", d$timestamp), format = "%Y-%m-%dT%H:%M:%S", tz = "UTC"))
cut <- max(d$at)
d$row <- seq_len(nrow(d))
d <- d[order(match(d$case_id, unique(d$case_id)), d$at, d$row), ]
again <- c(FALSE, d$case_id[-1] == d$case_id[-nrow(d)] & d$activity[-1] == d$activity[-nrow(d)])
d <- d[!again, ]
last <- c(d$case_id[-1] != d$case_id[-nrow(d)], TRUE)
d$to <- ifelse(last, "", c(d$activity[-1], ""))
d$left <- ifelse(last, cut, c(d$at[-1], NA))
d$days <- (d$left - d$at) / 86400
stays <- d[d$activity != "Closed", ]
ended <- stays$to != ""
# Stages stand in this order; a later one is an advance, and so is the win.
stages <- unique(c("Insert ticket", "Assign seriousness", "Take in charge ticket", setdiff(read.csv(commandArgs(TRUE)[1])$activity, "Closed"), "Closed"))
by_30 <- function(x, good) { # cumulative incidence of the good ends within 30 days, the others competing
  end <- factor(ifelse(x$to == "", "censored", ifelse(good, "good", "other")), levels = c("censored", "good", "other"))
  aj <- survfit(Surv(x$days, end) ~ 1)
  summary(aj, times = 30, extend = TRUE)$pstate[1, which(aj$states == "good")]
}
cat("stage,visits,open,total_days,naive_mean,km_median,km_low,km_high,rmst_30,won_30,advance_30\n")
for (s in sort(unique(stays$activity))) {
  x <- stays[stays$activity == s, ]
  e <- x$to != ""
  f <- survfit(Surv(x$days, e) ~ 1)
  m <- summary(f)$table
  r <- summary(f, rmean = 30)$table
  cat(sprintf("%s,%d,%d,%.12g,%.12g,%.12g,%.12g,%.12g,%.12g,%.12g,%.12g\n", s, nrow(x), sum(!e), sum(x$days), if (any(e)) mean(x$days[e]) else NA,
    m["median"], m["0.95LCL"], m["0.95UCL"], r["rmean"],
    by_30(x, x$to == "Closed"), by_30(x, match(x$to, stages) > match(s, stages))))
}
f <- aggregate(days ~ activity + to, stays[ended, ], function(v) c(length(v), median(v), mean(v)))
cat("\nfrom,to,n,median,mean\n")
for (i in order(f$activity, f$to)) cat(sprintf("%s,%s,%d,%.12g,%.12g\n", f$activity[i], f$to[i], f$days[i, 1], f$days[i, 2], f$days[i, 3]))
