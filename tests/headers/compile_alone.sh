#!/bin/sh
# Every public header compiles alone, from C and from C++, seeing only the headers of its own
# layer and of those before it; irminon.h has them all.
#   compile_alone.sh SOURCE_DIR CC [CXX]
set -u
source=$1 cc=$2 cxx=${3:-}
flags="-fsyntax-only -Wall -Wextra -Wpedantic -Werror"
seen="" failed=0 count=0
for layer in engine datasets indicators plots; do
    seen="$seen -I$source/$layer/include"
    for header in "$source/$layer"/include/irminon/*.h; do
        count=$((count + 1))
        grep -q "\"irminon/${header##*/}\"" "$source/plots/include/irminon.h" ||
            { echo "irminon.h does not include ${header##*/}"; failed=1; }
        # Twice: an include guard that is missing or taken shows.
        text="#include \"irminon/${header##*/}\"
#include \"irminon/${header##*/}\""
        printf '%s\n' "$text" | $cc -std=c17 $flags $seen -x c - ||
            { echo "$header does not compile alone from C"; failed=1; }
        if [ -n "$cxx" ]; then
            printf '%s\n' "$text" | $cxx -std=c++17 $flags $seen -x c++ - ||
                { echo "$header does not compile alone from C++"; failed=1; }
        fi
    done
done
[ "$count" -gt 10 ] || { echo "only $count headers found in $source"; failed=1; }
exit $failed
