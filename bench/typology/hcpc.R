# The same workflow by FactoMineR, on the table of bench_hcpc: Rscript hcpc.R FILE.csv
# HCPC holds the tree, the cut, the consolidation and the descriptions.
suppressMessages(library(FactoMineR))
x <- as.data.frame(as.matrix(read.csv(commandArgs(TRUE)[1], header = FALSE)))
lap <- function(name, expression) {
  time <- system.time(expression)[["elapsed"]]
  cat(sprintf("%s,%.3f\n", name, 1000 * time))
}
lap("pca", pca <- PCA(x, graph = FALSE))
lap("hcpc", hcpc <- HCPC(pca, nb.clust = -1, graph = FALSE))
sizes <- sort(as.vector(table(hcpc$data.clust$clust)))
cat(paste(c("result", sprintf("%.9g", pca$eig[1:5, 1]), sizes), collapse = ","), "\n", sep = "")
