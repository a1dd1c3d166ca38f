"""Ask an address of this machine and end with 0 if it answers 200: the container's health check, without curl.

python deploy/alive.py http://127.0.0.1:8000/healthz
"""

import sys
import urllib.request

TIMEOUT = 4


def main() -> int:
    """Return the exit code."""
    try:
        with urllib.request.urlopen(sys.argv[1], timeout=TIMEOUT) as answer:  # noqa: S310 - an address of our own
            return 0 if answer.status == 200 else 1
    except OSError as error:
        sys.stderr.write(f"{sys.argv[1]}: {error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
