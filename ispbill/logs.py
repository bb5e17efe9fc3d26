"""Log lines as key=value with the request's id; never secrets, addresses or whole phone numbers."""

import logging
import re
from contextvars import ContextVar

from django.http import HttpRequest
from django.urls import Resolver404, resolve

from ispbill.core import outages

request_id: ContextVar[str] = ContextVar("request_id", default="-")
client_ip: ContextVar[str] = ContextVar("client_ip", default="")
actor_label: ContextVar[str] = ContextVar("actor_label", default="-")

# Asked every few seconds by machines: not worth a line each.
PROBES = {"/livez", "/healthz", "/readyz", "/health", "/metrics"}

_OWN = set(logging.LogRecord("", 0, "", 0, "", None, None).__dict__) | {
    "message",
    "asctime",
    "request_id",
    "actor",
    "taskName",
    "request",
    "status_code",
    "data",  # Celery's: arguments of a task, and its traceback once more
}


# As people write them: with a country, or nine to twelve digits behind a nought.
_PHONE = re.compile(r"(?<![\w.-])(?:\+\d{5,12}|0\d{6,9})(\d{3})(?![\w.-])")
_REQUEST_LINE = re.compile(r"\b(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) (\S+)")


def page_of(request: HttpRequest) -> str:
    """Return which page was asked for: its name, or the first part of an address unknown to us."""
    match = request.resolver_match or None
    return match.view_name if match else page_at(request.path)


def page_at(address: str) -> str:
    """Return the name of the page at an address, or its first part where there is no page."""
    path = address.partition("?")[0]
    try:
        return resolve(path).view_name
    except Resolver404:
        first, rest = path.lstrip("/").partition("/")[::2]
        return f"/{first[:20]}/…" if rest else f"/{first[:20]}"


class RequestContext(logging.Filter):
    """Stamp each record with the request id and the actor it belongs to."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        if not hasattr(record, "actor"):
            record.actor = actor_label.get()
        # "Not ready" is what a probe is for, at every start and end: it is no error in the log.
        path = getattr(getattr(record, "request", None), "path", "")
        return not (record.name == "django.request" and path in PROBES)


class LineFormatter(logging.Formatter):
    """Write one line an event; line breaks in values are escaped so that none can be forged."""

    def format(self, record: logging.LogRecord) -> str:
        parts = [
            f"at={self.formatTime(record, '%Y-%m-%dT%H:%M:%S%z')}",
            f"level={record.levelname.lower()}",
            f"logger={record.name}",
            f"request={getattr(record, 'request_id', '-')}",
            f"actor={getattr(record, 'actor', '-')}",
            f"msg={_quoted(_said(record))}",
        ]
        parts += [
            f"{key}={_quoted(value)}" for key, value in record.__dict__.items() if key not in _OWN
        ]
        parts += self._traced(record)
        return _PHONE.sub(r"…\1", " ".join(parts))

    def _traced(self, record: logging.LogRecord) -> list[str]:
        """What went wrong, where it helps: not for a refusal, nor once a request while all fail."""
        if not record.exc_info or not record.exc_info[1]:
            return []
        outage = outages.of(record.exc_info[1])
        if outage is not None:
            return [f"outage={_quoted(outage.name)}"]
        if record.name.startswith("django.") and record.levelno < logging.ERROR:
            return []
        return [f"trace={_quoted(self.formatException(record.exc_info))}"]


def _said(record: logging.LogRecord) -> str:
    """Return the message; what Django says of a request without the address itself."""
    message = record.getMessage()
    path = getattr(getattr(record, "request", None), "path", "")
    if path:
        return message.replace(path, page_at(path))
    if record.name == "django.server":
        return _REQUEST_LINE.sub(lambda found: f"{found[1]} {page_at(found[2])}", message)
    return message


def _quoted(value: object) -> str:
    text = str(value).replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    return '"' + text.replace('"', "'") + '"' if " " in text or not text else text
