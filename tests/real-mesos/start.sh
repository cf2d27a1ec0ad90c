#!/bin/bash
# Starts a cluster: see start.sh --help. Prints the API URLs when it is ready.
set -eu
KIT=$(cd "$(dirname "$0")" && pwd)
. "$KIT/find-python.sh"
find_python
export REAL_MESOS_DIR=${REAL_MESOS_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/mesoscope/real-mesos} PYTHONDONTWRITEBYTECODE=1
exec "$PY" "$KIT/src/start.py" "$@"
