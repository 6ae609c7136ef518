"""How a log line looks: one JSON object on standard error.

Logs travel further than databases do, so a line tells what broke and where, and never whom it concerned: no link that
acts as its reader, no mail address, no words of an exception that may quote what somebody typed.
"""

import json
import logging
import re
import traceback
from datetime import UTC, datetime

from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, ProgrammingError

#: What these say is about the machine and not about people.
SPEAKABLE = (ImportError, ImproperlyConfigured, OperationalError, OSError, ProgrammingError)

#: What may be a token, as it stands in an address or in quotes; bounded, so that a long line is read in one go.
_WORD = re.compile(r"[\w%.:~-]{38,}")
#: A signed word (django.core.signing) ends with 43 characters; a link that sets a password, with 32 after its time.
_TOKEN = re.compile(r"(?:[:.]|%3[Aa])[\w-]{43}(?![\w-])|(?<!\w)\w{4,8}-[0-9a-f]{32}(?!\w)")
_BELOW_OUR_PATHS = re.compile(r"(/made-right/|/mail/|/reset/key/)[^/\s\"']+")
#: Also quoted, percent-encoded, or with a full-width sign; in a domain, letters of any script and a bare IP address.
_LABEL = r"[^\s<>\"'(),:;=/@\[\].]+"
_MAIL_ADDRESS = re.compile(
    r"(?:\"[^\"\n]{1,64}\"|[^\s<>\"(),:;@]{1,64})(?:@|%40|\uff20)"
    rf"(?:\[[0-9A-Za-z:.]{{2,60}}\]|{_LABEL}(?:\.{_LABEL})+|localhost\b)"
)
LEFT_OUT = "[left out]"


def redacted(words: str) -> str:
    """Without tokens of links and without mail addresses."""
    words = _WORD.sub(lambda found: LEFT_OUT if _TOKEN.search(found[0]) else found[0], words)
    words = _BELOW_OUR_PATHS.sub(rf"\1{LEFT_OUT}", words)
    return _MAIL_ADDRESS.sub(LEFT_OUT, words)


class Lines(logging.Formatter):
    """``verbose`` lets exceptions speak in full; it is for a developer's own machine."""

    def __init__(self, *, verbose: bool = False) -> None:
        super().__init__()
        self.verbose = verbose

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": _event(record),
        }
        if record.exc_info and record.exc_info[1]:
            line |= self._accident(record.exc_info[1])
        if not self.verbose:
            line |= {name: redacted(str(line[name])) for name in ("event", "says") if name in line}
        return json.dumps(line, ensure_ascii=False)

    def _accident(self, error: BaseException) -> dict[str, object]:
        told: dict[str, object] = {"error": type(error).__qualname__}
        if self.verbose or isinstance(error, SPEAKABLE):
            told["says"] = str(error)
        frames = traceback.extract_tb(error.__traceback__)
        told["trace"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        return told


def _event(record: logging.LogRecord) -> str:
    """The message; for a failed request the page's name in place of its address."""
    request = getattr(record, "request", None)
    if request is None or not hasattr(request, "method"):  # none; or a socket, which Django's own server puts there
        return record.getMessage()
    page = getattr(getattr(request, "resolver_match", None), "view_name", None) or "an unknown page"
    return f"{getattr(record, 'status_code', 500)} at {request.method} {page}"
