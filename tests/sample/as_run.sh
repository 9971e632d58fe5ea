#!/bin/sh
# What ./run does with the sample works, each file recognised by itself.
#   as_run.sh PROGRAM
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$1" sample -q "$work/files"
"$1" ingest -q "$work/store" "$work"/files/*
"$1" portrait -q "$work/store" epci:209900001 --no-png -o "$work/portrait"
grep -q "fictif\|fictive" "$work/portrait/portrait.html"

# A detail file of persons, with nothing but the geography, makes a portrait too: the pyramid
# by year of age, the median age, households.
cd "$work/files"
"$1" ingest -q "$work/records" v_* EPCI_2023.csv FD_MIGCOM_2021.csv
"$1" portrait -q "$work/records" epci:209900001 --no-png -o "$work/alone"
for indicator in median_age one_person_households couple_households one_parent_households \
    households_5_over immigrants activity_rate; do
    grep -q "^epci,.*,$indicator,2021,[0-9].*detail-migcom@2021" "$work/alone/indicators.csv" ||
        { echo "no $indicator from the detail file" >&2; exit 1; }
done
grep -A3 '"pyramid": {' "$work/alone/portrait.json" | grep -q '"tables": "detail-migcom@2021"'
