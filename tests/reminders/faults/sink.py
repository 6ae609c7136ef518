"""A mail server in a process of its own: writes down each mail that it says yes to, before it says so.

``python -m tests.reminders.faults.sink LOG MANNER``; prints its port. Limit: as much SMTP as a client of Python speaks.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

TOOK = 0.02
"""Seconds that it takes over a mail, so that a sweep is killed in the middle of many."""
REJECTED = "nobody"
_ANSWERS = {"EHLO": "250-sink\r\n250 PIPELINING", "QUIT": "221 Bye"}
_MESSAGE_ID = re.compile(rb"^Message-ID: (<[^>]+>)", re.MULTILINE | re.IGNORECASE)


@dataclass(slots=True)
class Sink:
    """``manner``: "takes" all; "rejects" one address; "refuses", "hangs" or "drops" every third mail."""

    log: int
    manner: str
    mails: int = 0

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):  # whoever was talking has been killed
            await self._converse(reader, writer)
        writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        say = partial(_say, writer)
        say("220 sink")
        while line := (await reader.readline()).decode(errors="replace").strip():
            verb = line[:4].upper()
            if verb == "DATA":
                say("354 Go on")
                reply = await self._take(await _words(reader))
                if not reply:
                    break
                say(reply)
            else:
                say(self._answer(verb, line))
            await writer.drain()
            if verb == "QUIT":
                break

    def _answer(self, verb: str, line: str) -> str:
        if verb == "RCPT" and self.manner == "rejects" and REJECTED in line:
            return "550 5.1.1 Nobody of that name"
        return _ANSWERS.get(verb, "250 OK")

    async def _take(self, words: bytes) -> str:
        """What is said to a mail; nothing: it hangs up instead. No words: it has no recipient either."""
        if not words:
            return "554 5.5.1 No recipient"
        self.mails += 1
        await asyncio.sleep(TOOK)
        if self.mails % 3 == 0 and self.manner in {"refuses", "hangs", "drops"}:
            return await self._misbehave()
        found = _MESSAGE_ID.search(words)
        os.write(self.log, (found.group(1) if found else b"?") + b"\n")
        return f"250 Taken as {self.mails}"

    async def _misbehave(self) -> str:
        if self.manner == "hangs":
            await asyncio.sleep(60)
        return "451 Not now" if self.manner == "refuses" else ""


async def _words(reader: asyncio.StreamReader) -> bytes:
    """Of a mail, up to its dot. Raises ``IncompleteReadError`` where somebody hangs up before that."""
    words = b""
    while (line := await reader.readuntil(b"\n")) != b".\r\n":
        words += line
    return words


def _say(writer: asyncio.StreamWriter, words: str) -> None:
    writer.write(f"{words}\r\n".encode())


async def serve(log: Path, manner: str) -> None:
    sink = Sink(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND), manner)
    server = await asyncio.start_server(sink.converse, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), sys.argv[2]))
