# Reference values for engine/spatial/: neighbours, autocorrelation, SKATER.
#   Rscript spatial.R > spatial.csv
# By spdep (Debian: r-cran-spdep), on polygons, points and a grid made here, seeded: what it
# is computed from is recorded too. A line: name, then numbers; units count from 1.
suppressMessages({library(spdep); library(sf)})
set.seed(20240101)
cat(sprintf("# %s; spdep %s\n", R.version.string, packageVersion("spdep")))

record <- function(name, values)
    cat(paste(c(name, ifelse(is.na(values), "nan", sprintf("%.15g", values))),
              collapse = ","), "\n", sep = "")
record_pairs <- function(name, nb) # a line a neighbour
    for (i in seq_along(nb))
        for (j in nb[[i]][nb[[i]] > 0]) record(name, c(i, j))

# --- a mosaic: 16 x 12 squares with moved corners, joined into units, among them units with
# holes and others within, exclaves, islets, a strait and an island; corners are shared ---
columns <- 16; rows <- 12
corner_x <- round(outer(0:columns, 0:rows, function(i, j) i) +
                  runif((columns + 1) * (rows + 1), -0.3, 0.3), 3)
corner_y <- round(outer(0:columns, 0:rows, function(i, j) j) +
                  runif((columns + 1) * (rows + 1), -0.3, 0.3), 3)
square <- function(i, j) {
    at <- rbind(c(i, j), c(i + 1, j), c(i + 1, j + 1), c(i, j + 1), c(i, j))
    st_polygon(list(cbind(corner_x[at], corner_y[at])))
}
cells <- expand.grid(i = 1:columns, j = 1:rows)
centres <- cbind(runif(60, 1, columns), runif(60, 1, rows))
unit <- apply(cells, 1, function(cell)
    which.min((centres[, 1] - cell[1])^2 + (centres[, 2] - cell[2])^2))
unit[cells$i == 8 & cells$j == 6] <- unit[cells$i == 2 & cells$j == 2] # exclave
around <- abs(cells$i - 12) <= 1 & abs(cells$j - 8) <= 1               # ring and hole
unit[around] <- max(unit) + 1
unit[cells$i == 12 & cells$j == 8] <- max(unit) + 1
sea <- cells$i == 5 & cells$j != 3 | cells$j == 11 & cells$i < 4
squares <- do.call(st_sfc, mapply(square, cells$i, cells$j, SIMPLIFY = FALSE))
parts <- lapply(split(which(!sea), unit[!sea]), function(of) st_union(squares[of])[[1]])
mosaic <- st_sf(unit = seq_along(parts), geometry = st_sfc(unname(parts)))
island <- st_polygon(list(rbind(c(20, 1), c(21, 1), c(21, 2), c(20, 2), c(20, 1))))
mosaic <- rbind(mosaic, st_sf(unit = nrow(mosaic) + 1, geometry = st_sfc(island)))

# A point a line: unit, ring of the unit, 1 for a hole, x, y.
for (i in seq_len(nrow(mosaic))) {
    polygons <- st_cast(st_geometry(mosaic)[i], "MULTIPOLYGON")[[1]]
    number <- 0
    for (polygon in polygons)
        for (ring in seq_along(polygon)) {
            number <- number + 1
            for (point in seq_len(nrow(polygon[[ring]])))
                record("mosaic.point", c(i, number, ring > 1, polygon[[ring]][point, ]))
        }
}
record_pairs("mosaic.queen", poly2nb(mosaic))
# Rook by GEOS: poly2nb counts shared points, and the point that closes a ring twice, so that
# it also joins units that touch at that one point.
rook <- st_relate(mosaic, pattern = "F***1****")
record_pairs("mosaic.rook", rook)
extra <- mapply(setdiff, poly2nb(mosaic, queen = FALSE), rook)
record_pairs("mosaic.rook.poly2nb.extra", lapply(extra, function(e) e[e > 0]))

# --- points: nearest and within ---
n <- 80
x <- round(runif(n, 0, 10), 4)
y <- round(runif(n, 0, 6), 4)
value <- round(sin(x / 2) * 3 + cos(y) + rnorm(n, sd = 0.6), 4)
nearest <- knn2nb(knearneigh(cbind(x, y), k = 4))
within <- dnearneigh(cbind(x, y), 0, 0.9)
record("points.x", x)
record("points.y", y)
record("points.value", value)
record_pairs("points.nearest", nearest)
record_pairs("points.within", within)

# --- autocorrelation: on the neighbours within 0.9 (some units have none) and on the four
# nearest (not symmetric), styles W and B; statistic, expectation, variance, z, p ---
global <- function(name, listw) {
    of_test <- function(test) c(test$estimate, test$statistic, test$p.value)
    record(paste0("moran.", name), of_test(moran.test(value, listw, zero.policy = TRUE)))
    record(paste0("geary.", name), of_test(geary.test(value, listw, zero.policy = TRUE)))
}
local <- function(name, listw, style) {
    moran <- localmoran(value, listw, zero.policy = TRUE)
    fields <- c("statistic", "expectation", "variance", "z", "p")
    for (field in seq_along(fields))
        record(paste0("local.", name, ".", fields[field]), moran[, field])
    quadrants <- c("High-High", "Low-Low", "High-Low", "Low-High")
    record(paste0("local.", name, ".quadrant"),
           match(as.character(attr(moran, "quadr")$pysal), quadrants))
    record(paste0("g.", name), c(localG(value, listw, zero.policy = TRUE)))
    self <- nb2listw(include.self(listw$neighbours), style = style)
    record(paste0("gstar.", name), c(localG(value, self)))
}
for (style in c("W", "B")) {
    for (of in c("within", "nearest")) {
        listw <- nb2listw(get(of), style = style, zero.policy = TRUE)
        global(paste0(of, style), listw)
        local(paste0(of, style), listw, style)
    }
}

# --- pseudo p: of so many permutations that chance shows little (drawn with replacement) ---
set.seed(1)
permuted <- localmoran_perm(value, nb2listw(nearest), nsim = 99999)
record("permuted.nearestW", permuted[, "Pr(folded) Sim"])

# --- SKATER on a 12 x 8 grid of three variables: by sums of squares, by the default sums of
# distances, and both with a floor of 500 ---
grid <- cell2nb(12, 8)
data <- data.frame(a = round(rnorm(96) + rep(1:12, 8) / 3, 4),
                   b = round(rnorm(96) + rep(1:8, each = 12) / 2, 4),
                   c = round(runif(96), 4))
population <- round(runif(96, 10, 100))
tree <- mstree(nb2listw(grid, nbcosts(grid, data), style = "B"), ini = 1)
squares_within <- function(data, id)
    sum(scale(as.matrix(data)[id, , drop = FALSE], scale = FALSE)^2)
cut_tree <- function(...) skater(tree[, 1:2], data, ncuts = 6, ...)$groups
for (name in names(data)) record(paste0("grid.", name), data[[name]])
record("grid.population", population)
record_pairs("grid.neighbours", grid)
record("skater.squares", cut_tree(method = squares_within))
record("skater.distances", cut_tree())
record("skater.squares.floor",
       cut_tree(method = squares_within, crit = 500, vec.crit = population))
record("skater.distances.floor", cut_tree(crit = 500, vec.crit = population))

# --- Ward with a mixing parameter, on the same grid, as Chavent et al. 2018 define it and
# ClustGeo calls hclust: inertias lost by merging, both matrices divided by their maximum ---
weights <- population / sum(population)
place <- cbind((seq_len(96) - 1) %% 12, (seq_len(96) - 1) %/% 12 * 1.25 + 0.01 * data$c)
scaled <- function(d) d / max(d)
lost <- function(d) scaled(d)^2 * as.dist(outer(weights, weights, function(a, b) a * b / (a + b)))
inertia <- function(d, id) {
    w <- weights[id]
    sum(outer(w, w) * as.matrix(d)[id, id]^2) / (2 * sum(w))
}
record("mix.x", place[, 1])
record("mix.y", place[, 2])
for (alpha in c(0, 0.3, 1)) {
    tree <- hclust((1 - alpha) * lost(dist(data)) + alpha * lost(dist(place)),
                   method = "ward.D", members = weights)
    record(paste0("mix.gain.", alpha), tree$height)
    classes <- cutree(tree, 6)
    record(paste0("mix.classes.", alpha), classes)
    for (d in list(dist(data), dist(place)))
        record(paste0("mix.explained.", alpha),
               1 - sum(sapply(split(1:96, classes), inertia, d = d)) / inertia(d, 1:96))
}
