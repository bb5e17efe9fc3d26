"""Log lines as key=value with the request's id; never secrets, never whole phone numbers."""

import logging
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="-")
client_ip: ContextVar[str] = ContextVar("client_ip", default="")
actor_label: ContextVar[str] = ContextVar("actor_label", default="-")

_OWN = set(logging.LogRecord("", 0, "", 0, "", None, None).__dict__) | {
    "message",
    "asctime",
    "request_id",
    "actor",
    "taskName",
    "request",
    "status_code",
}


class RequestContext(logging.Filter):
    """Stamp each record with the request id and the actor it belongs to."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        record.actor = actor_label.get()
        return True


class LineFormatter(logging.Formatter):
    """Write one line an event; line breaks in values are escaped so that none can be forged."""

    def format(self, record: logging.LogRecord) -> str:
        parts = [
            f"at={self.formatTime(record, '%Y-%m-%dT%H:%M:%S%z')}",
            f"level={record.levelname.lower()}",
            f"logger={record.name}",
            f"request={getattr(record, 'request_id', '-')}",
            f"actor={getattr(record, 'actor', '-')}",
            f"msg={_quoted(record.getMessage())}",
        ]
        parts += [
            f"{key}={_quoted(value)}" for key, value in record.__dict__.items() if key not in _OWN
        ]
        if record.exc_info:
            parts.append(f"trace={_quoted(self.formatException(record.exc_info))}")
        return " ".join(parts)


def _quoted(value: object) -> str:
    text = str(value).replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    return '"' + text.replace('"', "'") + '"' if " " in text or not text else text
