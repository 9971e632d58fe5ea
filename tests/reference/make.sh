#!/bin/sh
# Makes the reference values again: each <topic>.R writes <topic>.csv, on standard output.
#   tests/reference/make.sh [TOPIC...]
# Needs R, with the packages that the head of each script names. Where IRMINON_R_DATA names a
# folder, scripts also leave there the data sets of those packages, as plain numbers, for the
# tests that read them (and are skipped without); no such file belongs in this repository.
set -eu
cd "$(dirname "$0")"
[ $# -gt 0 ] || set -- $(ls -- *.R | sed 's/[.]R$//')
[ -z "${IRMINON_R_DATA:-}" ] || mkdir -p "$IRMINON_R_DATA"
for topic in "$@"; do
    made=$(mktemp)
    Rscript --vanilla "$topic.R" >"$made" || { rm -f "$made"; exit 1; }
    cat "$made" >"$topic.csv"
    rm -f "$made"
done
