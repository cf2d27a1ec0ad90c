#!/bin/bash
# usage: install.sh [DIR]     (default $REAL_MESOS_DIR, else ${XDG_CACHE_HOME:-$HOME/.cache}/mesoscope/real-mesos)
# Fetches what a real Mesos 1.11.0 needs from Debian and PyPI, and makes it ready to run in DIR. Can be run again at any time.
# Ends with 3 where this machine lacks what the kit cannot install, with 1 where something is wrong.
set -eu
KIT=$(cd "$(dirname "$0")" && pwd)
DIR=${1:-${REAL_MESOS_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/mesoscope/real-mesos}}
PACKAGE='mesos-scheduler==1.11.0.linux-x86_64'
PACKAGE_SHA256=1d376f20bca6d05ee8b90c1c123a452b28753497ccc2f1c80ea3ac94c12e8f6e
EXTENSION_SHA256=84d7ee9af27e912636b139de40257df1ee4f56c201de6bba834278aa1e8fd64c

. "$KIT/find-python.sh"

main() {
    [ "$(uname -sm)" = 'Linux x86_64' ] || lacks "needs Linux on x86_64, this is $(uname -sm)"
    find_python || exit 3
    "$PY" -m pip --version >/dev/null 2>&1 || lacks "$PY has no pip"
    mkdir -p "$DIR"
    DIR=$(cd "$DIR" && pwd)
    exec 9>"$DIR/lock" && flock 9
    LOG=$DIR/install.log; : > "$LOG"
    debian_packages
    [ "$(cat "$DIR/fetched" 2>/dev/null)" = "$(wanted)" ] || fetch
    build
    check
    echo "$DIR"
}

debian_packages() {
    local missing='' name
    command -v gcc >/dev/null || missing="$missing gcc libc6-dev"
    command -v readelf >/dev/null || missing="$missing binutils"
    for name in libsvn1:libsvn_delta-1.so.1 libapr1:libapr-1.so.0 libsasl2-2:libsasl2.so.2 zlib1g:libz.so.1; do
        [ -e "/usr/lib/x86_64-linux-gnu/${name#*:}" ] || [ -e "/lib/x86_64-linux-gnu/${name#*:}" ] || missing="$missing ${name%%:*}"
    done
    [ -z "$missing" ] && return
    [ "$(id -u)" = 0 ] || lacks "run as root, or install these Debian packages:$missing"
    export DEBIAN_FRONTEND=noninteractive
    apt-get install -y -qq --no-install-recommends $missing >>"$LOG" 2>&1 && return
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing; } >>"$LOG" 2>&1 || lacks "apt-get could not install$missing"
}

# PyPI's mesos-scheduler is a tarball of installed files, not a project: pip fetches it, checks its
# hash, unpacks it, and then gives up. --no-clean leaves what was unpacked.
fetch() {
    local work extension
    work=$(mktemp -d "$DIR/fetch.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    echo "$PACKAGE --hash=sha256:$PACKAGE_SHA256" > "$work/requirements.txt"
    TMPDIR=$work pip download --no-clean --no-deps --require-hashes -d "$work/out" -r "$work/requirements.txt" >>"$LOG" 2>&1 || true
    extension=$(find "$work" -name _scheduler.so)
    [ -n "$extension" ] || lacks "pip could not fetch $PACKAGE"
    echo "$EXTENSION_SHA256  $extension" | sha256sum --check --status || fail "$PACKAGE has another _scheduler.so than expected"
    pip install --no-deps --require-hashes --target "$work/python" -r "$KIT/requirements.txt" >>"$LOG" 2>&1 || lacks "pip could not install $KIT/requirements.txt"
    mkdir "$work/python/mesos/scheduler"
    cp "$(dirname "$extension")/__init__.py" "$extension" "$work/python/mesos/scheduler/"
    touch "$work/python/mesos/__init__.py" "$work/python/google/__init__.py"
    rm -rf "$DIR/python"
    mv "$work/python" "$DIR/python"
    rm -rf "$work"
    trap - EXIT
    wanted > "$DIR/fetched"
}

wanted() { sha256sum < "$KIT/install.sh"; sha256sum < "$KIT/requirements.txt"; }

pip() { "$PY" -m pip --quiet --disable-pip-version-check "$@"; }

build() {
    mkdir -p "$DIR/lib" "$DIR/libexec" "$DIR/run"
    "$PY" -ES "$KIT/src/stubs.py" "$DIR/python/mesos/scheduler/_scheduler.so" "$DIR/lib" >>"$LOG" 2>&1 || fail 'could not build the stub libraries'
    gcc -shared -fPIC -O1 -Wall -o "$DIR/lib/agent_flags.so" "$KIT/src/agent_flags.c" -ldl >>"$LOG" 2>&1 || fail 'could not build agent_flags.so'
    program container.py mesos-containerizer
    program executor.py mesos-executor
    program executor.py mesos-default-executor
    program switchboard.py mesos-io-switchboard
}

program() {
    { echo "#!$PY -ES"; cat "$KIT/src/$1"; } > "$DIR/libexec/$2.new"
    chmod +x "$DIR/libexec/$2.new"
    mv "$DIR/libexec/$2.new" "$DIR/libexec/$2"
}

check() {
    "$PY" -B "$KIT/src/driver.py" "$DIR" >>"$LOG" 2>&1 || fail 'the Mesos extension cannot be loaded'
}

fail() { say "$@"; exit 1; }
lacks() { say "$@"; exit 3; }
say() { echo "real-mesos: $*${LOG:+ (see $LOG)}" >&2; }

main
