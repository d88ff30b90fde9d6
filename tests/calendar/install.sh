#!/bin/sh
# Independent calendar applications for the tests: ical.js and node-ical (npm), vdirsyncer and khal
# (in an environment of their own: their dependencies are no business of ours). libical and calcurse
# are Debian's. What cannot be installed is left out by the tests, which say so.
#   tests/calendar/install.sh         install what is locked
#   tests/calendar/install.sh lock    lock what requirements.in names; needs uv
set -eu
cd "$(dirname "$0")/../.."
clients=.venv-clients

if [ "${1:-}" = lock ]; then
    exec uv pip compile tests/calendar/requirements.in --upgrade --generate-hashes \
        --no-emit-index-url --python-version 3.11 --quiet \
        --custom-compile-command "tests/calendar/install.sh lock" -o tests/calendar/requirements.lock
fi

if ! command -v npm >/dev/null; then
    echo "Not installed (no npm): ical.js, node-ical. Tests that need them are left out." >&2
elif [ ! node_modules/.installed -nt package-lock.json ]; then
    npm ci --silent --no-audit --no-fund --ignore-scripts
    touch node_modules/.installed
fi

# An environment made without pip has none: then the system's fills this one.
python=""
for candidate in "${PYTHON:-python3}" /usr/bin/python3; do
    if [ -z "$python" ] && "$candidate" -m pip --version >/dev/null 2>&1; then python=$candidate; fi
done
if [ -z "$python" ]; then
    echo "Not installed (no pip): vdirsyncer, khal. Tests that need them are left out." >&2
elif [ ! $clients/.installed -nt tests/calendar/requirements.lock ]; then
    "$python" -m venv --without-pip $clients
    "$python" -m pip --python $clients/bin/python --disable-pip-version-check install --quiet \
        --root-user-action=ignore --require-hashes -r tests/calendar/requirements.lock
    touch $clients/.installed
fi
