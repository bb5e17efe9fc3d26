"""One act on many rows of a list: the ticked ones, or all that its filters leave."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict

from ispbill.accounts import responses
from ispbill.accounts.http import Request
from ispbill.core import digits
from ispbill.core.errors import DomainError

MOST = 200


@dataclass(frozen=True, kw_only=True)
class Words:
    """How a page speaks of its rows: so many of them, done and not done; none, and too many."""

    count: Callable[[int], str]
    done: Callable[[int], str]
    left: Callable[[int], str]
    none: str
    too_many: str


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The rows that are meant, and how the form tells of them again."""

    rows: list[Any]
    repeated: list[tuple[str, str]]


def given(request: Request) -> QueryDict:
    """Return what was said of the rows: ids, or `all` with the list's filters."""
    return request.POST if request.method == "POST" else request.GET


def chosen(
    said: QueryDict, reach: QuerySet[Any], filtered: Callable[[QueryDict], QuerySet[Any]]
) -> Chosen:
    """Return the rows within `reach` that are meant, one more than MOST where there are more.

    `filtered` leaves of the list what its address says.
    """
    if said.get("all") == "1":
        filters = said.get("filters", "")
        rows = filtered(QueryDict(filters)).order_by("pk")[: MOST + 1]
        return Chosen(rows=list(rows), repeated=[("all", "1"), ("filters", filters)])
    ids = digits.row_ids(said.getlist("ids"))[: MOST + 1]
    rows = reach.filter(pk__in=ids).order_by("pk")
    return Chosen(rows=list(rows), repeated=[("ids", str(pk)) for pk in ids])


def carried_out(
    request: Request,
    form: Any,
    run: Callable[[Any], None],
    *,
    among: Chosen,
    heading: str,
    words: Words,
    back: str,
) -> HttpResponse:
    """Ask once and do it to each; what one refuses does not keep the others from it."""
    rows = among.rows
    refusal = _refusal(rows, words)
    if request.method == "POST" and refusal:
        form.add_error(None, refusal)
    elif request.method == "POST" and form.is_valid():
        done, refused = 0, ""
        for row in rows:
            try:
                run(row)
            except DomainError as error:
                refused = refused or str(error)
            else:
                done += 1
        if done:
            return responses.done(request, _said(done, len(rows) - done, refused, words), back=back)
        form.add_error(None, refused)
    context = {
        "form": form,
        "form_action": request.path,
        "heading": f"{heading}: {words.count(len(rows))}",
        "confirm_label": heading,
        "repeated": among.repeated,
        "back_url": back,
    }
    return responses.form_page(request, "staff/many.html", context)


def _refusal(rows: list[Any], words: Words) -> str:
    if not rows:
        return words.none
    return words.too_many if len(rows) > MOST else ""


def _said(done: int, left: int, refused: str, words: Words) -> str:
    said = words.done(done)
    return f"{said} {words.left(left)} {refused}" if left else said
