"""Entry point: `python -m benchmarks <name> [options]`; README.md lists the names."""

import os
import sys
from importlib import import_module

import django

NAMES = ("years", "lists")


def main() -> None:
    """Set Django up, then run the benchmark that was asked for.

    Raises:
        SystemExit: there is no such benchmark.
    """
    if len(sys.argv) < 2 or sys.argv[1] not in NAMES:
        raise SystemExit(f"python -m benchmarks {{{','.join(NAMES)}}}")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "safetyplan.settings")
    django.setup()
    import_module(f"benchmarks.{sys.argv[1]}").main(sys.argv[2:])


main()
