"""Mail leaves by the one door out, on a real socket."""

import socket
import threading

import pytest
from django.core.mail import EmailMessage

from ispbill.notifications.gateways.mail_server import MailServer

CODES = (220, 250, 250, 250, 354, 250, 221)
TALK = [f"{code} x\r\n".encode() for code in CODES]


@pytest.fixture
def mail_server():
    """A mail server for one letter."""
    heard = bytearray()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            visitor, _from = listener.accept()
            with visitor:
                visitor.sendall(TALK[0])
                for reply in TALK[1:]:
                    heard.extend(visitor.recv(65_536))
                    visitor.sendall(reply)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1], heard
        thread.join(5)


def letter(connection):
    mail = EmailMessage("Bill", "1,725.00", "isp@x.test", ["a@x.test"], connection=connection)
    return mail.send()


def test_the_operators_own_relay_is_called(mail_server):
    port, heard = mail_server

    assert letter(MailServer(host="localhost", port=port, timeout=2)) == 1
    assert b"1,725.00" in heard


@pytest.mark.parametrize("host", ["169.254.169.254", "224.0.0.1", "0.0.0.0"])  # noqa: S104
def test_what_nobody_sends_mail_to_is_not_called(host):
    with pytest.raises(OSError, match="not an address that is called"):
        letter(MailServer(host=host, port=25, timeout=2))
