# Makes the numbers that the tests of reports/stat compare with. From reports/stat/testdata:
#
#   Rscript make.R
#
# with R 4.2.2 and survival 3.5-3 (Debian: r-base-core, r-cran-survival). Every CSV file here is either its input (survival_input.csv, made
# with a fixed seed) or its output. Numbers have 17 significant digits; NA is "unknown" or "not reached".
suppressMessages(library(survival))
set.seed(20240229)

num <- function(x) ifelse(is.na(x), "NA", sprintf("%.17g", x))
out <- function(file, frame) {
  for (column in names(frame)) if (is.numeric(frame[[column]])) frame[[column]] <- num(frame[[column]])
  write.csv(frame, file, row.names = FALSE, quote = FALSE)
}

# --- Times until an end: case, time, cause (0 censored, 1 and 2 the causes), arm (for the log-rank test) -------------------------------
case <- function(name, time, cause, arm = rep_len(1:2, length(time)))
  data.frame(case = name, time = time, cause = cause, arm = arm)
n <- 5000
large_end <- round(rweibull(n, 0.8, 40) * 86400) / 86400
large_cut <- runif(n, 0, 180)
days <- c(3, 3, 3, 5, 5, 8, 8, 8, 8, 13, 13, 21, 21, 21, 34, 34, 55, 55, 89, 89)
input <- rbind(
  case("easy", c(2, 4, 6.5, 9, 12, 14, 20, 22.25, 31, 40, 45), c(1, 2, 1, 0, 1, 2, 0, 1, 1, 2, 0)),
  case("tied", days, c(1, 1, 0, 2, 1, 0, 1, 2, 2, 1, 0, 1, 1, 2, 0, 1, 2, 0, 1, 0), rep_len(1:3, 20)),
  case("flat_at_half", c(1, 2, 3, 4), c(1, 1, 1, 1)),
  case("flat_at_half_to_the_end", c(1, 2, 3, 4), c(1, 2, 0, 0)),
  case("all_censored", c(5, 10, 15, 40), rep(0, 4)),
  case("all_ended", c(1, 2, 3, 5, 8, 13, 21, 34, 55, 89), rep(1, 10)),
  case("all_at_once", rep(7, 6), c(1, 1, 2, 2, 1, 2)),
  case("single_ended", 10, 1),
  case("single_censored", 10, 0),
  case("zero_times", c(0, 0, 0, 1, 2, 2, 50), c(1, 2, 0, 1, 0, 2, 1)),
  case("rounding", c(0.3, 0.1 + 0.2, 0.3, 1 / 3, 1 - 2 / 3, 60, 60 + 1e-8, 90, 90 - 1e-9, 100), c(1, 0, 2, 1, 2, 1, 1, 0, 1, 2)),
  case("three_arms", round(rexp(150, 1 / 25), 1), sample(0:2, 150, TRUE, c(0.3, 0.4, 0.3)), rep_len(1:3, 150)),
  case("one_arm_never_ends", c(1, 2, 3, 4, 5, 6, 7, 8), c(1, 0, 1, 0, 2, 0, 1, 0)),
  case("large", pmin(large_end, large_cut), ifelse(large_end <= large_cut, sample(1:2, n, TRUE, c(0.6, 0.4)), 0), sample(1:4, n, TRUE))
)
out("survival_input.csv", input)

horizons <- c(5, 30, 60, 200)
summaries <- at_horizon <- curves <- logranks <- NULL
for (name in unique(input$case)) {
  d <- input[input$case == name, ]
  km <- survfit(Surv(time, cause > 0) ~ 1, data = d)
  med <- summary(km)$table[c("median", "0.95LCL", "0.95UCL")]
  summaries <- rbind(summaries, data.frame(case = name, n = nrow(d), ended = sum(d$cause > 0),
    median = med[[1]], low = med[[2]], high = med[[3]]))
  steps <- data.frame(case = name, time = km$time, n = km$n.risk, d = km$n.event, c = km$n.censor,
    s = km$surv, low = km$lower, high = km$upper)
  if (name == "large") steps <- steps[seq(1, nrow(steps), 20), ]
  curves <- rbind(curves, steps)
  # A factor with all levels, so that multi-state results always have the columns of both causes.
  aj <- survfit(Surv(time, factor(cause, 0:2, c("censored", "one", "two"))) ~ 1, data = d)
  for (h in horizons) {
    s <- summary(km, times = h, extend = TRUE)
    # The restricted mean as print.survfit computes it; survival:::survmean takes horizons beyond the data.
    r <- survival:::survmean(km, rmean = h)$matrix
    a <- summary(aj, times = h, extend = TRUE)
    # Before the first observation summary() says that the limits of an incidence of 0 are 0, elsewhere NA: here NA throughout.
    a$lower[a$pstate == 0] <- a$upper[a$pstate == 0] <- NA
    one <- which(aj$states == "one"); two <- which(aj$states == "two")
    at_horizon <- rbind(at_horizon, data.frame(case = name, h = h,
      extended = as.integer(max(d$time) < h && min(km$surv) > 0),
      s = s$surv, s_low = s$lower, s_high = s$upper, s_se = s$std.err,
      rmst = r[["rmean"]], rmst_se = r[["se(rmean)"]],
      f1 = a$pstate[one], f1_se = a$std.err[one], f1_low = a$lower[one], f1_high = a$upper[one],
      f2 = a$pstate[two], f2_se = a$std.err[two], f2_low = a$lower[two], f2_high = a$upper[two]))
  }
  if (length(unique(d$arm)) > 1) {
    # survdiff stops when nothing varies, and says 0 when nothing was expected: both are unknown.
    test <- tryCatch(suppressWarnings(survdiff(Surv(time, cause > 0) ~ arm, data = d, rho = 0)), error = function(e) NULL)
    df <- if (is.null(test)) NA else sum(test$exp > 0) - 1
    chisq <- if (is.na(df) || df < 1) NA else test$chisq
    logranks <- rbind(logranks, data.frame(case = name, chisq = chisq, df = df,
      p = if (is.na(chisq)) NA else pchisq(chisq, df, lower.tail = FALSE)))
  }
}
out("survival.csv", summaries)
out("survival_horizons.csv", at_horizon)
out("survival_curves.csv", curves)
out("logrank.csv", logranks)

# --- Proportions ------------------------------------------------------------------------------------------------------------------------
kn <- rbind(c(0, 1), c(1, 1), c(0, 5), c(1, 5), c(3, 10), c(10, 10), c(0, 58), c(0, 59), c(1, 93), c(4238, 6711), c(50, 100),
  c(99999, 100000), c(1, 1000000), c(1234567, 5000000))
wilson <- function(k, n) suppressWarnings(prop.test(k, n, correct = FALSE)$conf.int)
exact <- function(k, n, alternative) binom.test(k, n, alternative = alternative)$conf.int
out("proportions.csv", do.call(rbind, apply(kn, 1, function(r) {
  k <- r[1]; n <- r[2]
  w <- wilson(k, n); e <- exact(k, n, "two.sided")
  data.frame(k = k, n = n, wilson_low = w[1], wilson_high = w[2], exact_low = e[1], exact_high = e[2],
    exact_lower = exact(k, n, "greater")[1], exact_upper = exact(k, n, "less")[2])
})))

# Newcombe's method 10, from the Wilson intervals. The first rows are his examples (Statistics in Medicine 1998, 17: 873-890, table II).
pairs <- rbind(c(56, 70, 48, 80), c(9, 10, 3, 10), c(6, 7, 2, 7), c(5, 56, 0, 29), c(0, 10, 0, 20), c(0, 10, 0, 10), c(10, 10, 0, 20),
  c(10, 10, 0, 10), c(1, 30, 29, 30), c(4000, 10000, 3900, 10000))
out("differences.csv", do.call(rbind, apply(pairs, 1, function(r) {
  a <- wilson(r[1], r[2]); b <- wilson(r[3], r[4]); p <- r[1] / r[2]; q <- r[3] / r[4]
  data.frame(k1 = r[1], n1 = r[2], k2 = r[3], n2 = r[4], difference = p - q,
    low = p - q - sqrt((p - a[1])^2 + (b[2] - q)^2), high = p - q + sqrt((a[2] - p)^2 + (q - b[1])^2))
})))

# --- Tables -----------------------------------------------------------------------------------------------------------------------------
# fisher.test finds its odds ratio with uniroot's default tolerance, about 1e-4; here the same equation is solved to the end.
odds_ratio <- function(a, b, c, d) {
  m <- a + b; n <- c + d; k <- a + c
  support <- max(0, k - n):min(k, m)
  if (a == min(support)) return(0)
  if (a == max(support)) return(Inf)
  logdc <- dhyper(support, m, n, k, log = TRUE)
  excess <- function(log_odds) {
    w <- logdc + log_odds * support
    w <- exp(w - max(w))
    sum(support * w) / sum(w) - a
  }
  exp(uniroot(excess, c(-50, 50), tol = 1e-15, maxiter = 10000)$root)
}
tables <- rbind(c(3, 1, 1, 3), c(10, 2, 3, 15), c(0, 5, 5, 0), c(5, 0, 0, 5), c(0, 3, 2, 7), c(7, 7, 7, 7), c(1, 9, 11, 3), c(40, 25, 20, 60),
  c(2, 100, 5, 90), c(300, 200, 250, 240), c(1200, 800, 1100, 950), c(1, 0, 3, 4))
out("fisher.csv", do.call(rbind, apply(tables, 1, function(r) {
  x <- matrix(r, 2, byrow = TRUE)
  f <- fisher.test(x)
  odds <- odds_ratio(r[1], r[2], r[3], r[4])
  stopifnot(identical(odds, f$estimate[[1]]) || abs(log(odds) - log(f$estimate[[1]])) < 2e-3)
  data.frame(a = r[1], b = r[2], c = r[3], d = r[4], p = f$p.value, odds = odds)
})))

strata <- list(
  one = list(c(10, 20, 15, 30)),
  three = list(c(12, 8, 5, 15), c(30, 20, 22, 31), c(3, 7, 1, 9)),
  sparse = list(c(1, 0, 0, 1), c(0, 1, 2, 3), c(1, 4, 1, 5), c(0, 2, 0, 3)))
out("mantel_haenszel.csv", do.call(rbind, lapply(names(strata), function(name) {
  x <- array(unlist(lapply(strata[[name]], function(r) matrix(r, 2, byrow = TRUE))), c(2, 2, length(strata[[name]])))
  # mantelhaen.test wants two strata at least; one that is empty of discordance adds nothing to any sum.
  if (dim(x)[3] == 1) x <- array(c(x, 0, 0, 1, 1), c(2, 2, 2))
  t <- mantelhaen.test(x)
  cells <- vapply(strata[[name]], paste, "", collapse = " ")
  data.frame(case = name, strata = paste(cells, collapse = ";"), odds = t$estimate[[1]], low = t$conf.int[1], high = t$conf.int[2])
})))

contingency <- list(c(20, 30, 25, 25), c(5, 5, 9, 1, 3, 7), c(120, 80, 90, 110, 100, 100, 60, 140), c(1000, 10, 900, 200), c(3, 3, 3, 3))
out("chi_square.csv", do.call(rbind, lapply(contingency, function(cells) {
  t <- suppressWarnings(chisq.test(matrix(cells, ncol = 2, byrow = TRUE), correct = FALSE))
  data.frame(cells = paste(cells, collapse = " "), chisq = t$statistic[[1]], df = t$parameter[[1]], p = t$p.value,
    min_expected = min(t$expected))
})))

p_values <- list(c(0.01, 0.04, 0.03, 0.005), c(0.5), c(1, 1, 1), c(0.02, 0.02, 0.02), c(0.001, 0.9, 0.04, 0.2, 0.04, 0.6), runif(40)^2)
out("benjamini_hochberg.csv", do.call(rbind, lapply(p_values, function(p)
  data.frame(p = paste(num(p), collapse = " "), q = paste(num(p.adjust(p, "BH")), collapse = " ")))))

# --- Quantiles --------------------------------------------------------------------------------------------------------------------------
values <- list(c(5), c(1, 2), c(3, 1, 2), c(7, 7, 7, 1), c(-2.5, 0, 1e6, 3.75, 12), round(rexp(101, 1 / 40), 3))
out("quantiles.csv", do.call(rbind, lapply(values, function(v) {
  q <- quantile(v, c(0, 0.25, 0.5, 0.9, 1), type = 7, names = FALSE)
  data.frame(values = paste(num(v), collapse = " "), q0 = q[1], q25 = q[2], q50 = q[3], q90 = q[4], q100 = q[5])
})))

# --- Rank correlation -------------------------------------------------------------------------------------------------------------------
x <- round(rexp(60, 1 / 9)); y <- round(x + rexp(60, 1 / 12), 1)
ranked <- list(
  rising = list(1:5, c(2, 3, 5, 8, 13)), falling = list(1:4, 4:1), three = list(c(1, 2, 3), c(2, 1, 3)),
  tied = list(c(1, 1, 2, 2, 3, 3, 3), c(5, 5, 1, 7, 7, 2, 9)), none = list(c(1, 2, 3, 4, 5, 6), c(3, 6, 1, 5, 2, 4)),
  constant = list(c(4, 4, 4, 4), c(1, 2, 3, 4)), large = list(x, y))
out("spearman.csv", do.call(rbind, lapply(names(ranked), function(name) {
  v <- ranked[[name]]
  t <- suppressWarnings(cor.test(v[[1]], v[[2]], method = "spearman", exact = FALSE, alternative = "greater"))
  data.frame(case = name, x = paste(num(v[[1]]), collapse = " "), y = paste(num(v[[2]]), collapse = " "),
    rho = t$estimate[[1]], p = t$p.value)
})))

# --- What takes lists, over the 5,000 times of the large case ---------------------------------------------------------------------------------
t <- input$time[input$case == "large"]
q <- quantile(t, c(0, 0.25, 0.5, 0.9, 1), type = 7, names = FALSE)
adjusted <- p.adjust(t / max(t), "BH")
rank <- suppressWarnings(cor.test(t, input$arm[input$case == "large"], method = "spearman", exact = FALSE, alternative = "greater"))
arms <- table(input$arm[input$case == "large"], input$cause[input$case == "large"])
x <- suppressWarnings(chisq.test(arms, correct = FALSE))
f <- fisher.test(matrix(c(arms[1, 2], arms[2, 2], sum(arms[1, ]) - arms[1, 2], sum(arms[2, ]) - arms[2, 2]), 2))
out("large.csv", data.frame(what = c("q0", "q25", "q50", "q90", "q100", "bh_sum", "bh_first", "bh_last", "rho", "rho_p", "chisq", "chisq_p", "fisher_p"),
  value = c(q, sum(adjusted), adjusted[1], adjusted[5000], rank$estimate[[1]], rank$p.value, x$statistic[[1]], x$p.value, f$p.value)))
