"""`serve`: keep the embedded database up, so that the app can use it."""

import signal
import socket
import sys
import threading
from types import FrameType

from tasks.commands.request import check_home
from tasks.database.embedded import embedded_server
from tasks.settings import read_settings


def serve(port: int | None) -> int:
    """Keep the embedded database up until Ctrl-C or SIGTERM.

    Args:
        port: The port of 127.0.0.1 to listen on; None for one that is free.
    """
    settings = read_settings()
    check_home(settings)
    stop = threading.Event()

    def leave(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave)
    with embedded_server(settings.home, port=port or _free_port()) as target:
        sys.stdout.write(
            f"{target.url}\n\nGive the app this as DATABASE_URL. "
            "Ctrl-C stops the database; its data stay.\n"
        )
        sys.stdout.flush()
        stop.wait()
    sys.stdout.write("stopped\n")
    return 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
