"""Make a machine unhelpful, and tell whether a store came through it unchanged."""

from __future__ import annotations

import os
import resource
from contextlib import contextmanager

from chainshock.graph.stores.sqlite import SqliteStore

NOBODY = 65534

# Run the command, and write seconds of the processor and peak memory in MB as the last line of stderr. The
# peak is that of the process itself: what the kernel tells a parent counts its own memory at the fork too.
MEASURED = """
import json, re, sys, time
from pathlib import Path
from chainshock.cli import main
try:
    main(sys.argv[1:])
finally:
    [kilobytes] = re.findall(r"VmHWM:\\s+([0-9]+) kB", Path("/proc/self/status").read_text())
    print(json.dumps([time.process_time(), int(kilobytes) / 1024]), file=sys.stderr)
"""


def content(path):
    """Give the hash of what a store holds."""
    with SqliteStore(path) as store:
        return store.view().content_hash()


@contextmanager
def without_privileges():
    """Act as a user to whom file permissions apply."""
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)


@contextmanager
def largest_file(size):
    """Let no file of this process grow beyond a size: writes fail as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
