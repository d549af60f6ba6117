"""A relay before a PostgreSQL server: counts round trips, speaks TLS, falls silent.

It holds back what the server says until the client has said nothing for a moment, as a
long way would: a client that sends much at once makes one round trip, one that waits
for each answer makes many. What it counts is therefore a property of the program, not
of the machine.
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

HOLD_S: Final = 0.03  # a client that has more to send does so within this time
CHUNK: Final = 1 << 16
SSL_REQUEST: Final = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"  # PostgreSQL's protocol, 55.7


@dataclass
class Relay:
    """One relay; its counts are of all connections through it."""

    target: Target  # the server behind it
    hold_s: float = 0.0
    tls: ssl.SSLContext | None = None
    port: int = 0
    round_trips: int = 0  # how often a client spoke after having been answered
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
            turn = _Turn(self, asyncio.get_running_loop().time())
            onward.write(first)
            carrying = [
                asyncio.ensure_future(turn.carry_on(client, onward)),
                asyncio.ensure_future(turn.carry_back(server, answers)),
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

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        known = conninfo_to_dict(self.target.conninfo)
        host, port = str(known["host"]), int(known.get("port") or 5432)
        if host.startswith("/"):
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        return await asyncio.open_connection(host, port)


@dataclass
class _Turn:
    """Whose turn it is on one connection."""

    relay: Relay
    spoke: float  # the loop's time at which the client last said something
    is_answered: bool = True

    async def carry_on(
        self, client: asyncio.StreamReader, onward: asyncio.StreamWriter
    ) -> None:
        self._count()
        while data := await client.read(CHUNK):
            self._count()
            if not self.relay.silent.is_set():
                onward.write(data)
                await onward.drain()

    def _count(self) -> None:
        self.spoke = asyncio.get_running_loop().time()
        self.relay.round_trips += self.is_answered
        self.is_answered = False

    async def carry_back(
        self, server: asyncio.StreamReader, answers: asyncio.StreamWriter
    ) -> None:
        while data := await server.read(CHUNK):
            await self._until_the_client_waits()
            if not self.relay.silent.is_set():
                self.is_answered = True
                answers.write(data)
                await answers.drain()

    async def _until_the_client_waits(self) -> None:
        loop = asyncio.get_running_loop()
        left = self.spoke + self.relay.hold_s - loop.time()
        while left > 0:
            await asyncio.sleep(left)
            left = self.spoke + self.relay.hold_s - loop.time()


@contextmanager
def relay_to(
    target: Target, *, hold_s: float = 0.0, tls: ssl.SSLContext | None = None
) -> Generator[Relay]:
    """Keep a relay up for the block."""
    relay = Relay(target, hold_s, tls)
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
