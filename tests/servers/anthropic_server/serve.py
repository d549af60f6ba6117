"""Start the server by hand, to try the live path without a key.

python tests/servers/anthropic_server/serve.py --port 8765 [--fault overloaded_error …]
"""

import argparse
import sys
from pathlib import Path
from threading import Event

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[3])]

from anthropic_server.faults import FaultName  # noqa: E402  found by the line above
from anthropic_server.server import KEY, serving  # noqa: E402


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        type=FaultName,
        metavar="NAME",
        help=f"let it happen once; repeatable: {', '.join(FaultName)}",
    )
    parser.add_argument(
        "--polls", type=int, default=1, help="retrievals until a batch has ended"
    )
    words = parser.parse_args()
    with serving(words.port) as server:
        server.polls_until_end = words.polls
        for name in words.fault:
            server.faults.plan(name)
        sys.stdout.write(
            "serving; in another terminal:\n"
            f"export ANTHROPIC_BASE_URL={server.url}\n"
            f"export ANTHROPIC_API_KEY={KEY}\n"
        )
        sys.stdout.flush()
        try:
            Event().wait()
        except KeyboardInterrupt:
            sys.stdout.write(f"billed {server.billed.total()} answers\n")


if __name__ == "__main__":
    main()
