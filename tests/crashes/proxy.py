"""A network to PostgreSQL that can be cut and held up."""

import asyncio
import socket
import struct
import threading
from pathlib import Path
from typing import Final

CHUNK: Final = 1 << 16  # bytes
# closing sends a reset, as a lost route or a firewall does
RESETS: Final = struct.pack("ii", 1, 0)


class Proxy:
    """Passes TCP connections of 127.0.0.1 on to another port, until told otherwise."""

    def __init__(self, onward: int | Path) -> None:
        self.onward = onward  # a port, or the socket of a server without one
        self.port = 0
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._flows = asyncio.Event()
        self._flows.set()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        self._ready.wait()

    def drop(self) -> None:
        """Reset every connection; new ones are taken."""
        asyncio.run_coroutine_threadsafe(self._drop(), self._loop).result()

    def stall(self) -> None:
        """Let nothing through any more, in either direction."""
        self._loop.call_soon_threadsafe(self._flows.clear)

    def flow(self) -> None:
        """Let everything through again, what was held up first."""
        self._loop.call_soon_threadsafe(self._flows.set)

    def close(self) -> None:
        """Reset every connection and listen no longer."""
        self.drop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        listening = self._loop.run_until_complete(
            asyncio.start_server(self._pass_on, "127.0.0.1", self.port)
        )
        self.port = listening.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        listening.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _drop(self) -> None:
        for writer in self._writers:
            taken: socket.socket = writer.get_extra_info("socket")
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESETS)
            writer.transport.abort()

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            onward = await self._open_onward()
        except OSError:  # nobody is there: whoever asked is told so
            writer.transport.abort()
            return
        both = {writer, onward[1]}
        self._writers |= both
        await asyncio.gather(
            self._pump(reader, onward[1]), self._pump(onward[0], writer)
        )
        self._writers -= both

    async def _open_onward(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self.onward, Path):
            return await asyncio.open_unix_connection(self.onward)
        return await asyncio.open_connection("127.0.0.1", self.onward)

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            while chunk := await reader.read(CHUNK):
                await self._flows.wait()
                writer.write(chunk)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()
