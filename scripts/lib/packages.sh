# Installing Debian packages, for the scripts that need some. Source it after lib.sh.
# shellcheck shell=bash

# Makes sure that the packages are installed. Costs one call a package when they are. Installs as root, or through a
# sudo that asks for no password; otherwise prints the line to run, and fails.
ensure_packages() {
    command -v apt-get >/dev/null ||
        fatal "this script knows Debian's packages only; install the equivalents of: $*"
    local missing=() package as_root=()
    for package in "$@"; do
        is_installed "$package" || missing+=("$package")
    done
    if ((${#missing[@]} == 0)); then
        return
    fi
    if ((EUID != 0)); then
        sudo -n true 2>/dev/null || fatal "Debian packages are missing; run this as root, then start again:

    apt-get update && apt-get install -y --no-install-recommends ${missing[*]}
"
        as_root=(sudo -n)
    fi
    log "installing Debian packages: ${missing[*]}"
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q update ||
        warn "apt-get update failed; trying with the package lists that are here"
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get -q install -y --no-install-recommends "${missing[@]}" </dev/null
}

is_installed() {
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}
