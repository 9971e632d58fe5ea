# Reference values for engine/stats/rates.c and inequality.c, by base R only.
#   Rscript rates.R > rates.csv
# Intervals: poisson.test. Wilson: prop.test(correct = FALSE), which is that interval.
# Fay & Feuer's gamma interval: qgamma with the parameters of their paper. Gini: by its
# definition, the mean absolute difference over twice the mean, a formula other than ours.
say <- function(name, ...) cat(name, sprintf("%.17g", c(...)), sep = ",", fill = FALSE)
line <- function(...) { say(...); cat("\n") }
cat(sprintf("# %s\n", R.version.string))
for (events in c(0, 1, 7, 43, 480, 12345, 758000, 6.4e7)) for (level in c(0.9, 0.95, 0.99))
  line("poisson", events, level, poisson.test(events, conf.level = level)$conf.int)
for (case in list(c(3, 20), c(0, 12), c(12, 12), c(150, 421), c(9000, 40000)))
  line("wilson", case[1] / case[2], case[2], 0.95,
       prop.test(case[1], case[2], correct = FALSE)$conf.int)
for (case in list(c(12, 1000, 30, 1500), c(0, 250, 4, 900), c(300, 21000, 4100, 300000),
                  c(5, 100, 5, 100), c(41, 2900, 612000, 67000000)))
  line("twosample", case, poisson.test(case[c(1, 3)], case[c(2, 4)])$p.value)
events <- c(2, 1, 14, 61); population <- c(1200, 900, 1500, 400)
standard <- c(18000, 17000, 30000, 9000)
w <- standard / sum(standard) / population
rate <- sum(w * events); v <- sum(w^2 * events); m <- max(w)
line("direct", rate * 1000, v, 1000 * qgamma(0.025, rate^2 / v, scale = v / rate),
     1000 * qgamma(0.975, (rate + m)^2 / (v + m^2), scale = (v + m^2) / (rate + m)))
expected <- sum(population * c(0.001, 0.002, 0.008, 0.12))
line("indirect", 78 / expected, poisson.test(78, expected)$conf.int)
x <- c(11800, 13250, 15400, 15400, 21900, 48000); f <- c(310, 220, 1540, 87, 905, 60)
g <- c(1, 1, 2, 2, 3, 3)
gini <- function(x, f) sum(outer(f, f) * abs(outer(x, x, "-"))) / sum(f)^2 /
  (2 * weighted.mean(x, f))
line("gini", gini(x, rep(1, 6)), gini(x, f))
theil <- function(x, f) { mu <- weighted.mean(x, f); weighted.mean(x / mu * log(x / mu), f) }
between <- {
  means <- sapply(split(seq_along(x), g), function(i) weighted.mean(x[i], f[i]))
  theil(means, tapply(f, g, sum))
}
within <- sum(sapply(split(seq_along(x), g), function(i)
  sum(x[i] * f[i]) / sum(x * f) * theil(x[i], f[i])))
line("theil", theil(x, f), within, between)
a <- c(30, 4, 0, 12, 55, 9); b <- c(100, 240, 70, 33, 60, 411)
line("dissimilarity", sum(abs(a / sum(a) - b / sum(b))) / 2)
line("isolation", sum(a / sum(a) * a / (a + b)))
p <- a[a > 0] / sum(a)
line("entropy", -sum(p * log(p)), -sum(p * log(p)) / log(length(a)))
