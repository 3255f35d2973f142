# Makes two small files as CRMs export them, and what R finds in them, to import and report in a test. From this folder:
#
#   Rscript make.R
#
# with R 4.2.2 and survival 3.5-3. snapshot.csv: deals without history, some without any date. history.csv: who was in which stage when, in no
# order, with repeats, jumps, loops and equal times. facts.csv: report, row, field and value; NA is unknown or not reached.
suppressMessages(library(survival))
set.seed(20261124)
facts <- NULL
fact <- function(report, row, field, value) facts <<- rbind(facts, data.frame(report, row, field, value = ifelse(is.na(value), "NA", sprintf("%.17g", value))))
wilson <- function(k, n) suppressWarnings(prop.test(k, n, correct = FALSE)$conf.int)
km <- function(days, ended) {
  f <- survfit(Surv(days, ended) ~ 1)
  c(summary(f)$table[c("median", "0.95LCL", "0.95UCL")], survival:::survmean(f, rmean = 30)$matrix[["rmean"]])
}

# --- A snapshot, cut at the end of 2025 ---------------------------------------------------------------------------------------------------
n <- 400
cut <- as.Date("2025-12-31")
begun <- as.Date("2025-06-01") + sample(0:200, n, TRUE)
took <- 1 + round(rexp(n, 1 / 45))
stage <- ifelse(begun + took > cut, "Engaging", sample(c("Won", "Lost"), n, TRUE, c(0.6, 0.4)))
stage[1:25] <- "Prospecting"
closed <- stage %in% c("Won", "Lost")
d <- data.frame(opportunity_id = sprintf("OP%04d", 1:n), product = sample(c("Basic", "Pro, large", "Pro \"S\""), n, TRUE), deal_stage = stage,
  engage_date = ifelse(stage == "Prospecting", "", as.character(begun)), close_date = ifelse(closed, as.character(begun + took), ""),
  close_value = ifelse(stage == "Won", 100 * sample(1:90, n, TRUE), ifelse(stage == "Lost", 0, NA)))
write.csv(d[sample(n), ], "snapshot.csv", row.names = FALSE, na = "")
days <- ifelse(closed, took, as.numeric(cut - begun))[stage != "Prospecting"]
how <- factor(stage[stage != "Prospecting"], c("Engaging", "Won", "Lost"))
w <- sum(stage == "Won"); l <- sum(stage == "Lost")
fact("outcomes", "", c("won", "lost", "open", "win_rate", "win_low", "win_high"), c(w, l, n - w - l, w / (w + l), wilson(w, w + l)))
aj <- summary(survfit(Surv(days, how) ~ 1), times = 30)
fact("outcomes", "", c("win_by_horizon", "lost_by_horizon"), aj$pstate[match(c("Won", "Lost"), aj$states)])
for (o in c("Won", "Lost")) fact("cycle", tolower(o), c("n", "p25_days", "median_days", "p90_days"), c(sum(how == o), quantile(days[how == o], c(0.25, 0.5, 0.9))))
fact("cycle", "all", c("n", "km_median_days", "km_low", "km_high", "rmst_days"), c(length(days), km(days, how != "Engaging")))

# --- A history, cut at its last row -------------------------------------------------------------------------------------------------------
stages <- c("Intake", "Check", "Offer", "Closed")
rows <- do.call(rbind, lapply(1:150, function(id) {
  at <- as.POSIXct("2025-03-01", tz = "UTC") + round(runif(1, 0, 200 * 86400))
  path <- "Intake"
  while (tail(path, 1) != "Closed" && length(path) < 9 && runif(1) < 0.93) path <- c(path, sample(stages, 1, prob = c(0.1, 0.3, 0.3, 0.3)))
  data.frame(deal_id = sprintf("Case %d", id), stage = path, at = at + cumsum(c(0, sample(c(0, 3600, 86400, 5 * 86400, 20 * 86400), length(path) - 1, TRUE)) + 60 * (path == "Closed")))
}))
rows <- rows[order(sample(nrow(rows))), ]
write.csv(data.frame(rows[, 1:2], entered_at = format(rows$at, "%Y-%m-%dT%H:%M:%SZ")), "history.csv", row.names = FALSE)
rows$t <- as.numeric(rows$at); end <- max(rows$t)
rows <- rows[order(rows$deal_id, rows$t, seq_len(nrow(rows))), ]
# Equal times keep the order of the file; the close comes a minute later, so that nothing follows it.
again <- c(FALSE, rows$deal_id[-1] == rows$deal_id[-nrow(rows)] & rows$stage[-1] == rows$stage[-nrow(rows)])
rows <- rows[!again, ]
last <- c(rows$deal_id[-1] != rows$deal_id[-nrow(rows)], TRUE)
rows$to <- ifelse(last, "", c(rows$stage[-1], "")); rows$left <- ifelse(last, end, c(rows$t[-1], NA)); rows$days <- (rows$left - rows$t) / 86400
stays <- rows[rows$stage != "Closed", ]
for (s in stages[1:3]) {
  x <- stays[stays$stage == s, ]; e <- x$to != ""
  fact("stages", tolower(s), c("visits", "deals", "open", "total_days", "naive_mean_days", "km_median_days", "km_low", "km_high", "rmst_days"),
    c(nrow(x), length(unique(x$deal_id)), sum(!e), sum(x$days), mean(x$days[e]), km(x$days, e)))
  on <- match(x$to, stages) > match(s, stages)
  k <- sum(on, na.rm = TRUE)
  fact("funnel", tolower(s), c("entries", "advanced", "back", "won", "open", "advance_rate", "advance_low", "advance_high"),
    c(nrow(x), sum(on & x$to != "Closed", na.rm = TRUE), sum(!on, na.rm = TRUE), sum(x$to == "Closed"), sum(!e), k / sum(e), wilson(k, sum(e))))
  to <- factor(ifelse(!e, "open", ifelse(on, "on", "back")), c("open", "on", "back"))
  a <- summary(survfit(Surv(x$days, to) ~ 1), times = 30, extend = TRUE)
  fact("funnel", tolower(s), "advance_by_horizon", a$pstate[match("on", a$states)])
}
for (s in stages[1:3]) for (to in setdiff(stages, s)) {
  v <- stays$days[stays$stage == s & stays$to == to]
  if (length(v)) fact("process", paste(tolower(s), tolower(to)), c("n", "median_days", "mean_days"), c(length(v), median(v), mean(v)))
}
fact("as_of", "history", "seconds", end)
write.csv(facts, "facts.csv", row.names = FALSE, quote = FALSE)
stopifnot(!any(rows$stage == "Closed" & !last))
