"""A fast mail server in a process of its own, on loopback: it takes every mail and keeps none.

``python -m bench.delivery.sink SECONDS``: waits so long before each yes; prints its port. Many conversations at once.
Limit: as much SMTP as the product and ``smtplib`` speak, and no disk, so that what is measured is who delivers.
"""

from __future__ import annotations

import asyncio
import sys
from typing import cast, override

_END = b"\r\n.\r\n"
_ANSWERS = {b"EHLO": b"250-sink\r\n250 PIPELINING\r\n", b"DATA": b"354 Go on\r\n", b"QUIT": b"221 Bye\r\n"}
_YES = b"250 2.0.0 Ok: queued as 4fZ1xJ2kYzQ\r\n"


class Conversation(asyncio.Protocol):
    """Answers whatever has arrived so far, in order."""

    def __init__(self, wait: float) -> None:
        self._wait = wait
        self._received = b""
        self._takes_mail = self._waits = False

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(b"220 sink\r\n")

    @override
    def data_received(self, data: bytes) -> None:
        self._received += data
        self._go_on()

    def _go_on(self) -> None:
        said = []
        while not self._waits:
            part, end, rest = self._received.partition(_END if self._takes_mail else b"\r\n")
            if not end:
                break
            self._received = rest
            said.append(self._take() if self._takes_mail else self._answer(part))
        self._transport.write(b"".join(said))

    def _answer(self, line: bytes) -> bytes:
        verb = line[:4].upper()
        self._takes_mail = verb == b"DATA"
        return _ANSWERS.get(verb, b"250 2.1.0 Ok\r\n")

    def _take(self) -> bytes:
        self._takes_mail = False
        if not self._wait:
            return _YES
        self._waits = True
        asyncio.get_running_loop().call_later(self._wait, self._say_yes)
        return b""

    def _say_yes(self) -> None:
        self._waits = False
        self._transport.write(_YES)
        self._go_on()


async def serve(wait: float) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: Conversation(wait), "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1])))
