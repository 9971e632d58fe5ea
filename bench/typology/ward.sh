#!/bin/sh
# Times Ward's tree beside the plain chain of nearest neighbours and fastcluster (Debian:
# r-cran-fastcluster; left out if absent); README.md tells how to read the table, which is
# also written to build/bench/ward.csv.
#   bench/typology/ward.sh [RUNS]
set -eu
cd "$(dirname "$0")/../.."
. cmake/setup.sh
runs=${1:-3}
build release -DIRMINON_BENCH=ON
ward=build/release/bench_ward
mkdir -p build/bench
table=build/bench/ward.csv
points=build/bench/points
trap 'rm -f "$points"' EXIT

note() { tee -a "$table"; }
echo "kind,n,p,who,seconds,cpu_seconds,peak_mib,heights,digest" | tee "$table"
for kind in normal places; do
    for n in 20000 35000; do
        for run in $(seq "$runs"); do
            "$ward" "$kind" $n 12 1 | note
            "$ward" "$kind" $n 12 2 | note
            "$ward" "$kind" $n 12 1 naive | note
        done
    done
    for n in 1000 3000 10000 30000 100000; do
        "$ward" "$kind" $n 12 2 | note
    done
    if Rscript -e 'library(fastcluster)' >/dev/null 2>&1; then
        "$ward" "$kind" 20000 12 1 write "$points"
        Rscript bench/typology/ward.R "$kind" "$points" 20000 12 | note
    fi
done

# One tree a kind and size: one digest, and one sum of heights to 9 digits.
awk -F, 'NR > 1 { key = $1 "," $2; sum = sprintf("%.9g", $8)
    if (key in sums && sums[key] != sum) { print "other heights: " $0; bad = 1 }
    if ($9 !~ /^0*$/ && key in digests && digests[key] != $9) { print "other tree: " $0; bad = 1 }
    sums[key] = sum; if ($9 !~ /^0*$/) digests[key] = $9 }
    END { exit bad }' "$table"
