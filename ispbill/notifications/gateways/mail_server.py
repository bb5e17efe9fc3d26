"""Django's mail backend, connecting through the one door out (`core.outbound`).

The server's address stands in the operator's own settings file and is no visitor's to choose, so
it may be private or this machine's own; its port is the one of the settings.
"""

import smtplib
import socket

from django.core.mail.backends.smtp import EmailBackend

from ispbill.core import outbound
from ispbill.core.addresses import Fence


class _Smtp(smtplib.SMTP):
    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        fence = Fence(ports=frozenset({port}), is_operators=True)
        try:
            return outbound.connect(host, port, fence, seconds=timeout)
        except outbound.Refused as error:
            raise OSError(error.detail) from error


class _SmtpOverTls(smtplib.SMTP_SSL, _Smtp):
    pass


class MailServer(EmailBackend):
    """Sends by SMTP; TLS is checked by the server's name, whatever address was judged."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _SmtpOverTls if self.use_ssl else _Smtp
