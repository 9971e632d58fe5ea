# Sourced by ./run and ./test, from the root of the source tree: installs what Debian is
# missing, and builds. Says what it does, and nothing when there is nothing to do.

packages="build-essential cmake ninja-build pkg-config libgsl-dev libcsv-dev libhdf5-dev
libdeflate-dev libcyaml-dev libyaml-dev libjansson-dev libxlsxwriter-dev libgdal-dev
libplplot-dev plplot-driver-cairo libcurl4-openssl-dev libarchive-dev libglpk-dev nettle-dev
zlib1g-dev fonts-dejavu-core"
test_packages="libcmocka-dev hdf5-tools python3-h5py libxml2-utils xz-utils zip unzip"

say() { printf '%s\n' "$*"; }
fail() { say "$*" >&2; exit 1; }

# as_root COMMAND...: as it is for root, through sudo for a user who has it.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1; then
        sudo "$@"
    else
        fail "Packages are missing and neither root nor sudo is at hand. As root: $*"
    fi
}

missing_packages() {
    for package in "$@"; do
        case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) in
            installed) ;;
            *) printf '%s ' "$package" ;;
        esac
    done
}

install_packages() {
    command -v apt-get >/dev/null 2>&1 ||
        fail "This script installs Debian packages; elsewhere, install these by hand: $*"
    # shellcheck disable=SC2046
    set -- $(missing_packages "$@")
    [ $# -eq 0 ] && return
    say "Installing: $*"
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
        --no-install-recommends "$@" >/dev/null
}

# build PRESET [CMAKE OPTIONS...]
build() {
    preset=$1
    shift
    log=build/$preset.log
    mkdir -p build
    first=$([ -f "build/$preset/build.ninja" ] || echo yes)
    if [ "$first" ]; then
        say "Configuring and building ($preset): a minute or two the first time"
    fi
    cmake --preset "$preset" "$@" >"$log" 2>&1 || { cat "$log"; fail "cmake failed"; }
    if [ -z "$first" ] &&
        cmake --build "build/$preset" -- -n 2>/dev/null | grep -qE 'Building|Embedding'; then
        say "Building ($preset)"
    fi
    cmake --build "build/$preset" >"$log" 2>&1 || { cat "$log"; fail "the build failed"; }
}
