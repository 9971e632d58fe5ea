#!/bin/sh
# Times contiguity, Moran's I and local Moran beside spdep (Debian: r-cran-spdep), in
# alternated runs, 2 threads and 999 permutations:
#   bench/typology/space.sh [SIDE [RUNS]]
# on SIDE x SIDE polygons (187: 34,969). Prints the median milliseconds of each step. Fails
# when the two results differ (links, I, its z, the sum of squared local z; 9 digits).
set -eu
cd "$(dirname "$0")/../.."
. cmake/setup.sh
side=${1:-187} runs=${2:-3}
install_packages $packages r-cran-spdep
build release -DIRMINON_BENCH=ON
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
build/release/bench_space write "$work/layer.geojson" "$side"
for run in $(seq "$runs"); do
    build/release/bench_space "$work/layer.geojson" 2 999 | sed 's/^/irminon,/'
    Rscript --vanilla bench/typology/space.R "$work/layer.geojson" 999 | sed 's/^/spdep,/'
done >"$work/times.csv"
grep -o 'result,.*' "$work/times.csv" | sort -u >"$work/results"
cat "$work/results"
[ "$(wc -l <"$work/results")" -eq 1 ] || fail "the results differ"
for step in "queen contiguity" Moran "local Moran"; do
    for who in irminon spdep; do
        grep "^$who,$step," "$work/times.csv" | cut -d, -f3 | sort -n |
            sed -n "$(((runs + 1) / 2))p" | sed "s/^/$step,$who,/"
    done
done
