#!/bin/sh
# Make the virtual environment: setup-venv.sh DIR PYTHON run|dev. Talks to stderr, so that `make rank` prints
# nothing but its result on stdout.
set -eu
dir=$1 python=$2 what=$3
if [ -z "$python" ]; then
    echo "No Python 3.11 or newer found. Install one (Debian and Ubuntu: apt install python3 python3-venv)." >&2
    exit 1
fi
if command -v uv >/dev/null 2>&1; then
    install() { uv pip install --quiet --python "$dir/bin/python" "$@" >&2; }
    [ -x "$dir/bin/python" ] || uv venv --quiet --python "$python" "$dir" >&2
else
    install() { "$dir/bin/python" -m pip install --quiet --disable-pip-version-check "$@" >&2; }
    if ! [ -x "$dir/bin/python" ] || ! "$dir/bin/python" -m pip --version >/dev/null 2>&1; then
        rm -rf "$dir"
        "$python" -m venv "$dir" >&2 || {
            echo "Python cannot make virtual environments here. Install its venv module" \
                 "(Debian and Ubuntu: apt install python3-venv)." >&2
            rm -rf "$dir"
            exit 1
        }
    fi
fi
echo "setting up $dir ($what) ..." >&2
install -e .
if [ "$what" = dev ]; then
    install $("$dir/bin/python" -c '
import tomllib
with open("pyproject.toml", "rb") as file:
    print(*(spec.replace(" ", "") for spec in tomllib.load(file)["dependency-groups"]["dev"]))')
fi
