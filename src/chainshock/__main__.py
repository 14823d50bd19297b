"""Run the command line with `python -m chainshock`."""

from chainshock.cli import main

main(prog_name="chainshock")
