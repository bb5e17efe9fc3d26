"""Files of people are looked at by a virus scanner (clamd) before anything is made of them.

A view says that it takes files (`takes_files`), and the middleware has them scanned before it: a
view may run in a transaction, and nobody waits for another program inside of one. A file that was
not found clean is withheld: its bytes cannot be read, and its field says why. So is every file
sent to a view that does not say it takes any: a form that was forgotten takes nothing in, with a
scanner or without.
"""

import logging
from collections.abc import Callable
from typing import Any, Literal, NoReturn, TypeVar

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from ispbill import logs
from ispbill.core import clamd, metering
from ispbill.core.errors import DomainError

View = TypeVar("View", bound=Callable[..., Any])
Whole = Callable[..., bytes | None]
MOST_BYTES = 64 << 20  # what the proxy lets through (docs/admin/nginx.conf)
log = logging.getLogger(__name__)


class NotClean(DomainError):
    """There is no verdict that a file is clean: it is not taken."""


class VirusFound(NotClean):
    """The scanner found something in a file."""

    def __init__(self, signature: str) -> None:
        self.signature = signature
        super().__init__(
            _("Not taken: the virus scanner found “%(name)s” in the file.") % {"name": signature}
        )


class TooLong(NotClean):
    """More bytes than the scanner takes."""


class ScannerAway(NotClean):
    """The scanner gives no answer: the same file may be sent again later."""


class TakesNoFiles(RuntimeError):
    """A view read a file without saying that it takes any (`takes_files`): a defect."""


class Withheld(UploadedFile):  # type: ignore[type-arg]  # not subscriptable when it runs
    """A file that was sent and whose bytes nobody can read; `refusal` says why."""

    def __init__(self, sent: "UploadedFile[bytes]", refusal: Exception) -> None:
        self.refusal = refusal
        super().__init__(None, sent.name, sent.content_type, sent.size)
        sent.close()

    @property
    def file(self) -> NoReturn:
        raise self.refusal

    @file.setter
    def file(self, _nothing: object) -> None:
        """Keep nothing, whatever Django would put here."""

    def close(self) -> None:
        """There is nothing to close; a request closes each of its files."""


def takes_files(view: View) -> View:
    """Mark a view whose form has files: they are scanned before it. Stands below the guard."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def takes_parts(whole: Whole) -> Callable[[View], View]:
    """Mark a view that takes a file in parts: `whole` gives what a request makes complete.

    It is asked with the view's own arguments, and gives None while parts are missing.
    """

    def mark(view: View) -> View:
        view.takes_parts = whole  # type: ignore[attr-defined]
        return view

    return mark


def verdict(request: HttpRequest) -> NotClean | Literal["clean", "unasked"]:
    """Return what is known of the file that a request made complete (`takes_parts`)."""
    found: NotClean | Literal["clean", "unasked"] = getattr(request, "scanned", "unasked")
    return found


def check(content: bytes, *, place: str) -> None:
    """Have bytes scanned where a scanner is set. Raises VirusFound, TooLong, ScannerAway.

    `place` is where they came in, for log and figures.
    """
    if not settings.CLAMD:
        return
    try:
        signature = clamd.found_in(content, settings.CLAMD)
    except clamd.TooLong as error:
        _note("too_long", place, str(error))
        raise _too_long() from error
    except clamd.NotScanned as error:
        _note("down", place, str(error))
        raise ScannerAway(
            _("Not taken: files cannot be scanned for viruses right now. Try again later.")
        ) from error
    if signature:
        _note("found", place, signature)
        raise VirusFound(signature)
    metering.count("files_scanned_total", result="clean")


class Scanned:
    """Have the files of a form scanned before its view; withhold those that are not clean."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., Any],
        arguments: tuple[Any, ...],
        named: dict[str, Any],
    ) -> None:
        """Look at what was sent, once it is known that the form is one of ours."""
        whole: Whole | None = getattr(view, "takes_parts", None)
        # Strangers are sent away by the guard: nobody's time is spent on what they send along.
        may_ask = getattr(view, "audience", "") == "public" or request.user.is_authenticated
        if whole is not None and request.method == "POST" and may_ask:
            _look_at_whole(request, whole(request, *arguments, **named))
        elif request.content_type == "multipart/form-data" and request.FILES:
            _look_at_form(request, takes=may_ask and getattr(view, "takes_files", False))


def _look_at_whole(request: HttpRequest, content: bytes | None) -> None:
    if content is None:
        return
    request.scanned = "clean"  # type: ignore[attr-defined]
    try:
        check(content, place=logs.page_of(request))
    except NotClean as refusal:
        request.scanned = refusal  # type: ignore[attr-defined]


def _look_at_form(request: HttpRequest, *, takes: bool) -> None:
    refusal: Exception | None = None if takes else TakesNoFiles(logs.page_of(request))
    for name, files in list(request.FILES.lists()):
        kept = []
        for file in files:
            found = refusal or _refusal(file, place=logs.page_of(request))
            if isinstance(found, ScannerAway):
                refusal = found  # whoever waits does not wait for each of the others too
            kept.append(file if found is None else Withheld(file, found))
        request.FILES.setlist(name, kept)


def _refusal(file: "UploadedFile[bytes]", *, place: str) -> NotClean | None:
    if (file.size or 0) > MOST_BYTES:
        return _too_long()
    try:
        check(file.read(), place=place)
    except NotClean as refusal:
        return refusal
    file.seek(0)
    return None


def _too_long() -> TooLong:
    return TooLong(_("Not taken: the file is too large to be scanned for viruses."))


def _note(result: str, place: str, detail: str) -> None:
    """Log what became of a file: nobody's name, and not the file's, which is often somebody's."""
    metering.count("files_scanned_total", result=result)
    log.warning("file not taken", extra={"result": result, "place": place, "detail": detail})
