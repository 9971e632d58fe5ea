# Reference values for engine/multivariate: factor analyses and description of classes.
#   Rscript factor.R > factor.csv
# By FactoMineR's PCA, MCA and catdes. Its data sets are not ours to publish: their results are
# recorded here, and the data go to the folder IRMINON_R_DATA, if any, for the tests that
# compare them. The other tables are made by the same generator as in test_factor.c.
suppressMessages(library(FactoMineR))
source("lib/common.R")
cat(sprintf("# %s; FactoMineR %s\n", R.version.string, packageVersion("FactoMineR")))

# The first rows are enough to hold the others.
points <- function(name, from, most = Inf) {
  rows <- seq_len(min(nrow(from$coord), most))
  record(paste0(name, ".coordinates"), from$coord[rows, , drop = FALSE])
  if (!is.null(from$contrib))
    record(paste0(name, ".contribution"), from$contrib[rows, , drop = FALSE])
  if (!is.null(from$cos2)) record(paste0(name, ".cos2"), from$cos2[rows, , drop = FALSE])
}
# Column j is its own noise plus half of the first column's, times j.
numbers <- function(n, p, seed) {
  u <- matrix(uniform(n * p, seed), n, p, byrow = TRUE)
  for (j in p:2) u[, j] <- (u[, j] + u[, 1] * 0.5) * j
  u
}
weights <- function(n, seed) 1 + floor(5 * uniform(n, seed))
codes <- function(n, modalities, seed) {
  q <- length(modalities)
  u <- matrix(uniform(n * q, seed), n, q, byrow = TRUE)
  as.data.frame(lapply(seq_len(q), function(j)
    factor(floor(u[, j] * modalities[j]), levels = seq_len(modalities[j]) - 1,
           labels = paste0("v", j, "_", seq_len(modalities[j]) - 1))),
    col.names = paste0("v", seq_len(q)))
}

pca <- function(name, ...) {
  result <- PCA(..., graph = FALSE)
  record(paste0(name, ".eigenvalues"), result$eig[, 1])
  points(paste0(name, ".individuals"), result$ind, 12)
  points(paste0(name, ".variables"), result$var)
  if (!is.null(result$ind.sup)) points(paste0(name, ".projected"), result$ind.sup)
  if (!is.null(result$quanti.sup)) points(paste0(name, ".supplementary"), result$quanti.sup)
  if (!is.null(result$quali.sup)) {
    points(paste0(name, ".category"), result$quali.sup)
    record(paste0(name, ".category.v_test"), result$quali.sup$v.test)
  }
}
own <- numbers(60, 6, 1)
group <- codes(60, 4, 2)[[1]]
pca("pca.own", own, ncp = 6)
pca("pca.weighted", own, ncp = 6, row.w = weights(60, 3))
pca("pca.unreduced", own, ncp = 6, scale.unit = FALSE, row.w = weights(60, 3))
pca("pca.wide", numbers(5, 8, 4), ncp = 4)
pca("pca.extras", data.frame(own, group), ncp = 4, quanti.sup = 5:6, quali.sup = 7,
    ind.sup = 51:60, row.w = weights(50, 3))

mca <- function(name, ...) {
  result <- MCA(..., graph = FALSE)
  record(paste0(name, ".eigenvalues"), result$eig[, 1])
  points(paste0(name, ".individuals"), result$ind, 12)
  points(paste0(name, ".variables"), result$var)
  record(paste0(name, ".eta2"), result$var$eta2)
  if (!is.null(result$ind.sup)) points(paste0(name, ".projected"), result$ind.sup)
  if (!is.null(result$quali.sup)) {
    points(paste0(name, ".category"), result$quali.sup)
    record(paste0(name, ".category.v_test"), result$quali.sup$v.test)
  }
}
categories <- codes(80, c(3, 2, 4, 3), 5)
mca("mca.own", categories, ncp = 8)
mca("mca.weighted", categories, ncp = 8, row.w = weights(80, 6))
mca("mca.extras", categories, ncp = 6, quali.sup = 4, ind.sup = 71:80)

# catdes lists what is significant, by decreasing v-test: with a threshold that lets all
# through, put back in the order of classes, then variables or modalities.
describe <- function(name, x, by, ...) {
  result <- catdes(x, num.var = by, proba = 2, ...)
  numeric <- names(x)[vapply(x, is.numeric, NA)]
  for (class in levels(x[[by]])) {
    if (length(numeric) > 0)
      record(paste0(name, ".numbers"), result$quanti[[class]][numeric, , drop = FALSE])
    for (v in setdiff(names(x), c(numeric, names(x)[by])))
      record(paste0(name, ".categories"),
             result$category[[class]][paste(v, levels(x[[v]]), sep = "="), , drop = FALSE])
  }
  if (length(numeric) > 0)
    record(paste0(name, ".eta2"), result$quanti.var[numeric, , drop = FALSE])
  for (v in setdiff(names(x), c(numeric, names(x)[by]))) {
    test <- suppressWarnings(chisq.test(table(x[[by]], x[[v]]), correct = FALSE))
    record(paste0(name, ".chi2"), c(test$statistic, test$parameter, test$p.value))
  }
}
classes <- codes(60, 3, 7)[[1]]
describe("profile.own", data.frame(classes, own, codes(60, c(4, 2), 8)), 1)
scaled <- weights(60, 3) / sum(weights(60, 3)) * 60
describe("profile.weighted", data.frame(classes, own), 1, row.w = scaled)

data(decathlon)
export("decathlon", decathlon)
pca("pca.decathlon", decathlon, ncp = 5, quanti.sup = 11:12, quali.sup = 13)
data(wine)
export("wine", wine)
pca("pca.wine", wine[, 3:31], ncp = 5)
data(tea)
export("tea", tea)
mca("mca.tea", tea, ncp = 5, quanti.sup = 19, quali.sup = 20:36)
data(poison)
export("poison", poison)
mca("mca.poison", poison, ncp = 5, quanti.sup = 1:2, quali.sup = 3:4)
describe("profile.decathlon", decathlon, 13)
describe("profile.wine", wine[, -1], 1)
describe("profile.tea", tea[, -22], 18)
