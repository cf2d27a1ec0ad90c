#!/bin/bash
# usage: stop.sh [PORT]     Stops the cluster on PORT (5050), its frameworks and its tasks.
set -eu
KIT=$(cd "$(dirname "$0")" && pwd)
. "$KIT/find-python.sh"
find_python
export PYTHONDONTWRITEBYTECODE=1
exec "$PY" "$KIT/src/processes.py" stop "${REAL_MESOS_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/mesoscope/real-mesos}" "${1:-5050}"
