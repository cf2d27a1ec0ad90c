#!/bin/bash
# usage: framework.sh PORT JSON     Adds a real framework to the cluster on PORT and prints its process id; kill that to end it.
#   {"name": "web", "roles": ["dev"], "offers": "hold"}                    keeps all its offers; default: "decline"
#   {"name": "job", "tasks": [{"name": "t", "command": "echo hi", "cpus": 0.1, "mem": 32, "count": 3, "respawn": true}]}
#   {"name": "pods", "pods": [{"name": "p", "tasks": [{"command": "sleep 100"}, {"command": "date"}]}]}
# All keys with their defaults stand at the head of src/framework.py.
set -eu
KIT=$(cd "$(dirname "$0")" && pwd)
. "$KIT/find-python.sh"
find_python
export PYTHONDONTWRITEBYTECODE=1
exec "$PY" "$KIT/src/processes.py" framework "${REAL_MESOS_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/mesoscope/real-mesos}" "$@"
