"""``python -m scheduler``: the commands."""

import sys

from scheduler.commands import main

if __name__ == "__main__":
    sys.exit(main(takes_signals=True))
