"""Time whole commands against a bare start of Python, in turn, and print ratios and peak memory."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time

COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "chainshock --help": [sys.executable, "-m", "chainshock", "--help"],
    "chainshock rank": [sys.executable, "-m", "chainshock", "rank"],
    "chainshock rank --static": [sys.executable, "-m", "chainshock", "rank", "--static"],
    "chainshock chokepoints": [sys.executable, "-m", "chainshock", "chokepoints"],
    "chainshock explain Ford": [sys.executable, "-m", "chainshock", "explain", "ford-motor"],
}
RUNS = 5


def main() -> None:
    """Run the commands in turn, RUNS times each after a warm-up."""
    walls: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for turn in range(RUNS + 1):
        for name, command in COMMANDS.items():
            start = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if turn:
                walls[name].append(time.perf_counter() - start)
    base = statistics.median(walls["python -c pass"])
    print(f"{'command':32} {'median':>8} {'ratio':>7}   min to max")
    for name, times in walls.items():
        middle = statistics.median(times)
        print(f"{name:32} {middle:7.2f}s {middle / base:6.1f}x   {min(times):.2f} to {max(times):.2f} s")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"largest process: {peak:.0f} MB")


if __name__ == "__main__":
    main()
