"""A relay before a PostgreSQL server: counts round trips, speaks TLS, falls silent.

It reads along what the server says. Wherever that ends an answer, or asks for more, the
client has waited for it: once for each statement, once for a whole pipeline, twice for
a COPY. What it counts is a property of the program, not of the machine.
"""

import asyncio
import ssl
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Final

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tasks.database.connect import Target

CHUNK: Final = 1 << 16
SSL_REQUEST: Final = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"  # PostgreSQL's protocol, 55.7
READY: Final = b"Z"  # all is answered that was asked up to here
SEND_ROWS: Final = b"G"  # a COPY has begun
LOGIN: Final = b"R"
NO_REPLY: Final = (0, 12)  # what says of a login that it is through
INTEGER: Final = 4  # bytes
HEADER: Final = (
    1 + INTEGER
)  # of a message: its type, and the length of all but the type


@dataclass
class Relay:
    """One relay; its counts are of all connections through it."""

    target: Target  # the server behind it
    tls: ssl.SSLContext | None = None
    port: int = 0
    round_trips: int = 0  # how often a client had to wait for the server
    connections: int = 0  # that came as far as PostgreSQL's own first message
    encrypted: int = 0  # of these
    silent: threading.Event = field(default_factory=threading.Event)

    def before(self, **settings: str) -> Target:
        """Give the server's target as it is reached through the relay."""
        through = {"host": "127.0.0.1", "port": self.port, **settings}
        known = conninfo_to_dict(self.target.conninfo)
        words = "&".join(f"{name}={value}" for name, value in settings.items())
        user, name = known["user"], known["dbname"]
        return replace(
            self.target,
            conninfo=make_conninfo(self.target.conninfo, **through),
            url=f"postgresql://{user}@127.0.0.1:{self.port}/{name}?{words}",
        )

    async def serve(
        self, client: asyncio.StreamReader, answers: asyncio.StreamWriter
    ) -> None:
        """Carry one connection until either side ends it."""
        onward: asyncio.StreamWriter | None = None
        try:
            first = await self._greet(client, answers)
            self.connections += 1
            server, onward = await self._reach()
            onward.write(first)
            carrying = [
                asyncio.ensure_future(self._carry(client, onward)),
                asyncio.ensure_future(self._carry(server, answers, _Count(self))),
            ]
            try:
                await asyncio.wait(carrying, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for one in carrying:
                    one.cancel()
                await asyncio.gather(*carrying, return_exceptions=True)
        except (ConnectionError, ssl.SSLError, asyncio.IncompleteReadError):
            pass  # a client that turns away is what some tests wait for
        finally:
            for writer in (answers, onward):
                if writer is not None:
                    writer.transport.abort()

    async def _greet(
        self, client: asyncio.StreamReader, answers: asyncio.StreamWriter
    ) -> bytes:
        """Answer a wish for encryption; give the first bytes behind it."""
        first = await client.readexactly(len(SSL_REQUEST))
        if first != SSL_REQUEST:
            return first
        self.round_trips += 1
        answers.write(b"S" if self.tls else b"N")
        await answers.drain()
        if self.tls:
            await answers.start_tls(self.tls)
        first = await client.readexactly(len(SSL_REQUEST))
        self.encrypted += self.tls is not None
        return first

    async def _carry(
        self,
        source: asyncio.StreamReader,
        goal: asyncio.StreamWriter,
        count: "_Count | None" = None,
    ) -> None:
        while data := await source.read(CHUNK):
            if count is not None:
                count.read(data)
            if not self.silent.is_set():
                goal.write(data)
                await goal.drain()

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        known = conninfo_to_dict(self.target.conninfo)
        host, port = str(known["host"]), int(known.get("port") or 5432)
        if host.startswith("/"):
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        return await asyncio.open_connection(host, port)


@dataclass
class _Count:
    """Counts, in what the server says, where its client waits for it."""

    relay: Relay
    rest: bytes = b""  # of a message whose head is not whole
    left: int = 0  # bytes of a message that are still to come

    def read(self, data: bytes) -> None:
        """Read on, wherever the stream was cut."""
        data = self.rest + data
        place = self.left
        while len(data) - place >= HEADER:
            kind, length = data[place : place + 1], _number(data, place + 1)
            if kind == LOGIN and len(data) - place < HEADER + INTEGER:
                break
            asks = kind == LOGIN and _number(data, place + HEADER) not in NO_REPLY
            self.relay.round_trips += asks or kind in {READY, SEND_ROWS}
            place += 1 + length
        self.rest, self.left = data[place:], max(place - len(data), 0)


def _number(data: bytes, place: int) -> int:
    return int.from_bytes(data[place : place + INTEGER], "big")


@contextmanager
def relay_to(target: Target, *, tls: ssl.SSLContext | None = None) -> Generator[Relay]:
    """Keep a relay up for the block."""
    relay = Relay(target, tls)
    loop = asyncio.new_event_loop()

    async def listen() -> asyncio.Server:
        return await asyncio.start_server(relay.serve, "127.0.0.1", 0)

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(listen(), loop).result()
    relay.port = server.sockets[0].getsockname()[1]
    try:
        yield relay
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(server: asyncio.Server) -> None:
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.sleep(0)  # for the transports' own farewells
    await asyncio.sleep(0)
