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
