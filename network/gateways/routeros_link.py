"""One connection to a RouterOS router: resolve, check, connect, encrypt, log in, ask."""

import hashlib
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Self

from librouteros.exceptions import ConnectionClosed, FatalError, LibRouterosError

from ispbill.core import outbound
from ispbill.core.addresses import Address
from network.gateways.base import (
    Limits,
    RouterAddressRefused,
    RouterError,
    RouterLogin,
    RouterNoPermission,
    RouterRefusedLogin,
    RouterRejected,
    RouterTlsError,
    RouterUnreachable,
)
from network.gateways.routeros_wire import (
    ENCODING,
    BlockProtocol,
    BufferedTransport,
    TextApi,
    Words,
    refusal,
    sentence,
)

StepDone = Callable[[str, str], None]
# One sentence for a port that is closed and for one where something else answers: the form is no
# map of our network. What it was stands in the error it came from.
SILENT = "no RouterOS API answers there; is the router on, and its api service on this port?"


class Link:
    """A logged-in connection. Once an answer was lost it is closed and never used again."""

    def __init__(self, sock: socket.socket, limits: Limits, *, fingerprint: str = "") -> None:
        self.fingerprint = fingerprint
        self.is_closed = False
        self._limits = limits
        self._transport = BufferedTransport(sock, read_seconds=limits.read)
        self._protocol = BlockProtocol(self._transport, ENCODING)
        self._api = TextApi(self._protocol)

    @classmethod
    def open(
        cls, login: RouterLogin, limits: Limits, *, done: StepDone = lambda step, detail: None
    ) -> Self:
        """Connect and log in; `done(step, detail)` is called after each step that went well.

        Raises RouterError. Looking up the name is bounded by the system's resolver, not by us.
        """
        sentence("/login", f"=name={login.username}", f"=password={login.password}")
        addresses = resolve(login)
        done("resolve", ", ".join(map(str, addresses)))
        sock = _connect(addresses, login.port, limits)
        try:
            fingerprint = ""
            if login.tls:
                # A router without a certificate accepts and says nothing: worth telling.
                done("connect", f"{login.host}:{login.port}")
                sock, fingerprint = _secure(sock, login)
                done("tls", fingerprint)
            link = cls(sock, limits, fingerprint=fingerprint)
            try:
                link._log_in(login)
            except RouterRefusedLogin:
                _note_connected(login, done)
                raise
            except RouterUnreachable as error:
                raise RouterUnreachable(SILENT, is_timeout=error.is_timeout) from error
            _note_connected(login, done)
        except BaseException:
            sock.close()
            raise
        done("login", login.username)
        return link

    def allow(self, seconds: float) -> None:
        """Give what follows so many seconds in all."""
        self._transport.allow(seconds)

    def ask(self, command: str, *words: str) -> list[Words]:
        """Send one command and return its rows (what `!done` carries is the last one)."""
        with self._guard():
            return list(self._api.rawCmd(command, *words))  # type: ignore[arg-type]

    def rows(
        self, menu: str, columns: Sequence[str], queries: Sequence[str] = ()
    ) -> list[tuple[str, ...]]:
        """Print a menu; return its rows as tuples in the order of `columns`."""
        with self._guard():
            proplist = f"=.proplist={','.join(columns)}"
            self._protocol.writeSentence(f"{menu}/print", proplist, *queries)
            rows, traps = self._protocol.read_rows(columns)
        if traps:
            raise refusal(traps)
        return rows

    def pipeline(self, commands: Sequence[Sequence[str]]) -> list[str | RouterRejected]:
        """Send commands, several in flight; return each one's `ret` or refusal."""
        with self._guard():
            return self._api.pipeline(commands)

    def close(self) -> None:
        self.is_closed = True
        self._transport.close()

    def _log_in(self, login: RouterLogin) -> None:
        """Log in the present way; an old router answers with a challenge, which is then met.

        Source: MikroTik API manual, "Initial login" (the challenge: before 6.43).
        """
        self.allow(self._limits.overall)
        name = f"=name={login.username}"
        try:
            answer = self.ask("/login", name, f"=password={login.password}")
            challenge = answer[-1].get("ret", "") if answer else ""
            if challenge:
                response = _response(login.password, challenge)
                self.ask("/login", name, f"=response=00{response}")
        except (RouterRejected, RouterNoPermission) as error:
            raise RouterRefusedLogin(error.detail) from error

    @contextmanager
    def _guard(self) -> Iterator[None]:
        """Turn what may go wrong on the way into our errors; the peer's bytes are not repeated."""
        if self.is_closed:
            raise RouterUnreachable("the connection is closed")
        try:
            yield
        except TimeoutError as error:
            self.close()
            raise RouterUnreachable("no answer in time", is_timeout=True) from error
        except ConnectionClosed as error:
            self.close()
            raise RouterUnreachable("the router closed the connection") from error
        except FatalError as error:
            self.close()
            raise RouterUnreachable("the router ended the session") from error
        except OSError as error:
            self.close()
            raise RouterUnreachable(_reason(error)) from error
        except (LibRouterosError, ValueError, IndexError) as error:
            self.close()
            raise RouterUnreachable("what answers there is not a RouterOS API") from error
        except (RouterRejected, RouterNoPermission):
            raise
        except RouterError:
            self.close()
            raise


def resolve(login: RouterLogin) -> list[Address]:
    """Return the addresses of the host, all of them allowed by the policy.

    The caller connects to these very addresses, so that a second look-up cannot give others.
    """
    try:
        return outbound.judged(login.host, login.port, login.policy)
    except outbound.Refused as error:
        raise RouterAddressRefused(error.detail) from error
    except outbound.UnknownName as error:
        raise RouterUnreachable(str(error)) from error


def _note_connected(login: RouterLogin, done: StepDone) -> None:
    """Count an open port only when a router answered there: others sound like a closed one."""
    if not login.tls:
        done("connect", f"{login.host}:{login.port}")


def certificate_fingerprint(login: RouterLogin, limits: Limits) -> str:
    """Return the SHA-256 of the certificate the router shows, without trusting or using it."""
    sock = _connect(resolve(login), login.port, limits)
    with sock:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        try:
            with context.wrap_socket(sock) as secured:
                return _fingerprint(secured)
        except OSError:
            return ""


def _connect(addresses: Sequence[Address], port: int, limits: Limits) -> socket.socket:
    try:
        return outbound.connect_to(addresses, port, seconds=limits.connect)
    except OSError as error:
        is_timeout = isinstance(error, TimeoutError)
        raise RouterUnreachable(SILENT, is_timeout=is_timeout) from error


def _secure(sock: socket.socket, login: RouterLogin) -> tuple[socket.socket, str]:
    wanted = login.tls_fingerprint.replace(":", "").lower()
    context = ssl.create_default_context()
    if wanted:  # the certificate itself is known, who signed it does not matter
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    try:
        secured = context.wrap_socket(sock, server_hostname=login.host)
    except ssl.SSLCertVerificationError as error:
        raise RouterTlsError(f"the certificate is not trusted: {error.verify_message}") from error
    except TimeoutError as error:
        raise RouterTlsError("the router did not answer the TLS greeting in time") from error
    except (OSError, ValueError) as error:
        raise RouterTlsError(
            "the port does not speak TLS, or api-ssl has no certificate on the router"
        ) from error
    fingerprint = _fingerprint(secured)
    if wanted and fingerprint != wanted:
        secured.close()
        raise RouterTlsError("the certificate has changed", fingerprint=fingerprint)
    return secured, fingerprint


def _fingerprint(secured: ssl.SSLSocket) -> str:
    certificate = secured.getpeercert(binary_form=True)
    return hashlib.sha256(certificate).hexdigest() if certificate else ""


def _response(password: str, challenge: str) -> str:
    mixed = b"\x00" + password.encode(ENCODING) + bytes.fromhex(challenge)
    return hashlib.md5(mixed, usedforsecurity=False).hexdigest()


def _reason(error: OSError) -> str:
    if isinstance(error, ConnectionResetError | BrokenPipeError):
        return "the router closed the connection"
    return error.strerror or "network error"
