#!/bin/sh
# Times principal components, tree, cut, consolidation and description of the classes beside
# FactoMineR (Debian: r-cran-factominer), in alternated runs:
#   bench/typology/hcpc.sh [N [P [RUNS]]]
# Prints the median milliseconds of each step. Fails when the two results differ.
set -eu
cd "$(dirname "$0")/../.."
. cmake/setup.sh
n=${1:-5000} p=${2:-12} runs=${3:-5}
install_packages $packages r-cran-factominer
build release -DIRMINON_BENCH=ON
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
build/release/bench_hcpc write "$work/table.csv" "$n" "$p"
for run in $(seq "$runs"); do
    build/release/bench_hcpc "$work/table.csv" 2 | sed 's/^/irminon,/'
    Rscript --vanilla bench/typology/hcpc.R "$work/table.csv" | sed 's/^/FactoMineR,/'
done >"$work/times.csv"
if [ "$(grep -o 'result,.*' "$work/times.csv" | sort -u | wc -l)" -ne 1 ]; then
    grep result "$work/times.csv" | sort -u >&2
    fail "the results differ"
fi
grep result "$work/times.csv" | sort -u
# Medians of each step, and of each run's sum.
grep -v result "$work/times.csv" | awk -F, '
    { seen[$1, $2]++; times[$1 "," $2, seen[$1, $2]] = $3; total[$1, seen[$1, $2]] += $3
      names[$1 "," $2] = seen[$1, $2]; who[$1] = seen[$1, $2] }
    END { for (w in who) { names[w ",total"] = who[w]
                           for (i = 1; i <= who[w]; i++) times[w ",total", i] = total[w, i] }
          for (name in names) { n = names[name]
              for (i = 1; i <= n; i++) { v[i] = times[name, i]
                  for (j = i; j > 1 && v[j - 1] > v[j]; j--) {
                      t = v[j]; v[j] = v[j - 1]; v[j - 1] = t } }
              printf "%s,%.2f\n", name, v[int((n + 1) / 2)] } }' | sort
