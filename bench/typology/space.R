# The same by spdep, on the layer of bench_space: Rscript space.R FILE.geojson DRAWS
suppressMessages({library(spdep); library(sf); sf_use_s2(FALSE)})
arguments <- commandArgs(TRUE)
draws <- as.integer(arguments[2])
layer <- st_read(arguments[1], quiet = TRUE)
st_crs(layer) <- NA
lap <- function(name, expression) {
  time <- system.time(expression)[["elapsed"]]
  cat(sprintf("%s,%.3f\n", name, 1000 * time))
}
lap("queen contiguity", queen <- poly2nb(layer))
weights <- nb2listw(queen)
lap("Moran", moran.mc(layer$value, weights, nsim = draws))
lap("local Moran", localmoran_perm(layer$value, weights, nsim = draws, iseed = 1))
moran <- moran.test(layer$value, weights)
local <- localmoran(layer$value, weights)
cat(sprintf("result,%d,%.9g,%.9g,%.9g\n", sum(card(queen)), moran$estimate[1],
            moran$statistic, sum(local[, "Z.Ii"]^2)))
