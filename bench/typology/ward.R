# fastcluster's Ward without a matrix of distances, on the doubles of a file:
#   Rscript ward.R KIND FILE N P
# Prints the same line as bench_ward, but for the digest.
suppressMessages(library(fastcluster))
arguments <- commandArgs(TRUE)
n <- as.integer(arguments[3]); p <- as.integer(arguments[4])
x <- matrix(readBin(arguments[2], "double", n * p), n, p, byrow = TRUE)
time <- system.time(tree <- hclust.vector(x, "ward"))
status <- readLines("/proc/self/status")
peak <- as.numeric(gsub("[^0-9]", "", grep("VmHWM", status, value = TRUE))) / 1024
cat(sprintf("%s,%d,%d,fastcluster %s,%.3f,%.3f,%.1f,%.10g,\n", arguments[1], n, p,
            packageVersion("fastcluster"), time["elapsed"], sum(time[c("user.self", "sys.self")]),
            peak, sum(tree$height)))
