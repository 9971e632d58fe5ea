# Reference values for irm_impute_pca.
#   IRMINON_MISSMDA=<sources of the package missMDA> Rscript impute.R > impute.csv
# By missMDA's imputePCA and estim_ncpPCA, read from the sources of the package (CRAN, or its
# repository husson/missMDA): they need FactoMineR only, where the whole package needs more.
source("lib/common.R")
folder <- Sys.getenv("IRMINON_MISSMDA")
if (folder == "") stop("IRMINON_MISSMDA must name the sources of missMDA")
for (file in c("imputePCA.R", "estim_ncpPCA.R")) source(file.path(folder, "R", file))
cat(sprintf("# %s; FactoMineR %s; missMDA %s\n", R.version.string,
            packageVersion("FactoMineR"), read.dcf(file.path(folder, "DESCRIPTION"), "Version")))
# Two dimensions and noise; a tenth of the cells are missing.
u <- matrix(uniform(60 * 6, 1), 60, 6, byrow = TRUE)
own <- sapply(1:6, function(j) j * (u[, 1] * j + u[, 2] * (7 - j) + u[, j]))
own[matrix(uniform(60 * 6, 9), 60, 6, byrow = TRUE) < 0.1] <- NA
w <- 1 + floor(5 * uniform(60, 3))
# Values of the missing cells, by row.
filled <- function(x, ...) {
  complete <- imputePCA(x, ...)$completeObs
  t(complete)[t(is.na(x))]
}
impute <- function(name, x) {
  choice <- estim_ncpPCA(x, method.cv = "gcv", ncp.max = 5)
  record(paste0(name, ".chosen"), choice$ncp)
  record(paste0(name, ".filled"), filled(x, ncp = choice$ncp))
}
impute("own", own)
record("one.filled", filled(own, ncp = 1))
record("weighted.filled", filled(own, ncp = 2, row.w = w / sum(w)))
record("unreduced.filled", filled(own, ncp = 2, scale = FALSE))
load(file.path(folder, "data", "orange.rda"))
export("orange", orange)
impute("orange", as.matrix(orange))
