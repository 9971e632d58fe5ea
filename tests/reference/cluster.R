# Reference values for engine/multivariate: trees and partitions.
#   Rscript cluster.R > cluster.csv
# By hclust, cutree and kmeans of R's stats, FactoMineR's HCPC, cluster's pam and silhouette,
# mclust's me and adjustedRandIndex. Data sets of packages go to the folder IRMINON_R_DATA, if
# any; the other table is made by the same generator as in trees.h.
suppressMessages({library(cluster); library(FactoMineR); library(mclust)})
source("lib/common.R")
cat(sprintf("# %s; cluster %s; FactoMineR %s; mclust %s\n", R.version.string,
            packageVersion("cluster"), packageVersion("FactoMineR"), packageVersion("mclust")))

# Three groups of which two are near.
blobs <- function(n, p, seed) {
  u <- matrix(uniform(n * p, seed), n, p, byrow = TRUE)
  u[, 1] <- u[, 1] + c(0, 0.8, 2)[(seq_len(n) - 1) %% 3 + 1]
  u
}
most <- function(x) min(12, nrow(x) - 1)

tree <- function(name, d, method, k, ...) {
  h <- hclust(d, method, ...)
  record(paste0(name, ".heights"), sort(h$height))
  record(paste0(name, ".classes"), t(cutree(h, 2:k)))
}
trees <- function(name, x) {
  d <- dist(x)
  for (method in c("ward.D2", "single", "complete", "average"))
    tree(paste0(name, ".", method), d, method, most(x))
}
consolidation <- function(name, x, k) {
  cut <- cutree(hclust(dist(x), "ward.D2"), k)
  centers <- as.matrix(aggregate(x, list(cut), mean)[, -1])
  km <- kmeans(x, centers, iter.max = 10, algorithm = "Hartigan-Wong")
  record(sprintf("%s.kmeans.%d.classes", name, k), km$cluster)
  record(sprintf("%s.kmeans.%d.within", name, k), sum(km$withinss) / nrow(x))
  km
}
quality <- function(name, x, classes) {
  s <- silhouette(classes, dist(x))
  record(paste0(name, ".silhouettes"), s[, "sil_width"])
  k <- length(unique(classes)); n <- nrow(x)
  within <- sum(sapply(split(as.data.frame(x), classes),
                       function(g) sum(scale(g, scale = FALSE)^2)))
  total <- sum(scale(x, scale = FALSE)^2)
  record(paste0(name, ".calinski_harabasz"), ((total - within) / (k - 1)) / (within / (n - k)))
}
hcpc <- function(name, coord) {
  h <- HCPC(as.data.frame(coord), nb.clust = -1, graph = FALSE, description = FALSE)
  classes <- h$data.clust[order(as.integer(rownames(h$data.clust))), "clust"]
  record(paste0(name, ".hcpc.k"), h$call$t$nb.clust)
  record(paste0(name, ".hcpc.classes"), as.integer(classes))
  record(paste0(name, ".hcpc.ratios"), h$call$t$quot)
}
medoids <- function(name, x, k) {
  p <- pam(x, k)
  record(sprintf("%s.pam.%d.objective", name, k), p$objective["swap"])
  record(sprintf("%s.pam.%d.classes", name, k), p$clustering)
}
mixture <- function(name, x, start, model) {
  m <- me(x, model, unmap(start))
  for (again in 1:20) m <- me(x, model, m$z, control = emControl(tol = c(1e-12, 1e-12)))
  record(paste0(name, ".", model, ".log_likelihood"), m$loglik)
  record(paste0(name, ".", model, ".bic"), bic(model, m$loglik, nrow(x), ncol(x), m$G))
}

own <- blobs(150, 3, 7)
rownames(own) <- seq_len(nrow(own))
trees("own", own)
w <- 1 + floor(5 * uniform(150, 8))
w <- w / sum(w) * length(w)
factor <- sqrt(2 * outer(w, w) / outer(w, w, "+"))
tree("own.weighted", as.dist(as.matrix(dist(own)) * factor), "ward.D2", 12, members = w)
km <- consolidation("own", own, 3)
other <- consolidation("own", own, 5)
record("own.rand", adjustedRandIndex(km$cluster, other$cluster))
quality("own", own, km$cluster)
hcpc("own", own)
medoids("own", own, 3)
mixture("own", own, km$cluster, "VVV")
mixture("own", own, km$cluster, "VVI")

data(agriculture); data(votes.repub); data(ruspini); data(decathlon); data(wine); data(children)
sets <- list(agriculture = agriculture, votes_repub = votes.repub[, colSums(is.na(votes.repub)) == 0],
             ruspini = ruspini, usarrests = scale(USArrests), iris = unique(iris[, 1:4]))
for (name in names(sets)) {
  x <- as.matrix(sets[[name]])
  dimnames(x) <- NULL
  export(paste0("cluster_", name), as.data.frame(x))
  trees(name, x)
  rownames(x) <- seq_len(nrow(x))
  for (k in 3:5) consolidation(name, x, k)
  quality(name, x, cutree(hclust(dist(x), "ward.D2"), 4))
  hcpc(name, x)
}
pca <- list(decathlon = PCA(decathlon, quanti.sup = 11:12, quali.sup = 13, graph = FALSE),
            wine = PCA(wine, quali.sup = 1:2, quanti.sup = 30:31, graph = FALSE))
for (name in names(pca)) {
  x <- pca[[name]]$ind$coord
  dimnames(x) <- list(seq_len(nrow(x)), NULL)
  export(paste0("cluster_", name), as.data.frame(x))
  hcpc(name, x)
}
