"""/technician/files/: photos in parts, each where the last one ended."""

import uuid

from django.http import Http404, HttpResponse, JsonResponse
from django.views.decorators.http import require_http_methods

from fieldservice.models import FieldFile
from fieldservice.services import field_files
from fieldservice.services.field_files import WrongOffset, WrongSum
from ispbill.accounts.access import technician_only
from ispbill.accounts.http import Request
from ispbill.core import digits, rls
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.scanning import NotClean, ScannerAway, takes_parts, verdict


def _whole(request: Request, action: uuid.UUID) -> bytes | None:
    """Return the photo that the part just sent makes whole, None as long as some is missing."""
    offset, length = _place_of(request)
    if offset is None or length is None:
        return None
    found = FieldFile.objects.filter(action__action_id=action, action__technician=request.user)
    file = found.first()
    return None if file is None else field_files.whole_with(file, offset, request.body)


@technician_only
@takes_parts(_whole)
@require_http_methods(["GET", "HEAD", "POST"])
def part(request: Request, action: uuid.UUID) -> HttpResponse:
    """Say how much of a photo has come, or take in its next part (the body).

    409 with the right offset, 422 for what has the wrong sum (offset 0), is no picture or is not
    clean; 503 while the virus scanner is away: the phone sends the last part again.
    """
    with rls.as_house():
        found = FieldFile.objects.select_related("action__order")
        file = found.filter(action__action_id=action, action__technician=request.user).first()
        if file is None:
            raise Http404
        if request.method == "POST":
            return _take(request, file)
        return _answer(file)


def _take(request: Request, file: FieldFile) -> HttpResponse:
    offset, length = _place_of(request)
    if offset is None:
        return JsonResponse({"why": "unreadable"}, status=400)
    if length is None:
        return JsonResponse({"why": "too long"}, status=413)
    scanned, act = verdict(request), Act.now(request.user)
    if isinstance(scanned, ScannerAway):
        return JsonResponse({"why": str(scanned)}, status=503)
    if isinstance(scanned, NotClean):
        field_files.refuse(file=file, act=act)
        return JsonResponse({"why": str(scanned), "is_over": True}, status=422)
    try:
        file = field_files.append(
            file=file, offset=offset, part=request.body, is_clean=scanned == "clean", act=act
        )
    except WrongOffset as refusal:
        return _answer(file, offset=refusal.offset, status=409)
    except WrongSum:
        return _answer(file, offset=0, status=422)
    except DomainError as refusal:
        return JsonResponse({"why": str(refusal), "is_over": True}, status=422)
    return _answer(file)


def _place_of(request: Request) -> tuple[int | None, int | None]:
    """Return where a part begins and how long it is, None for what is not told or too much."""
    offset, length = (request.headers.get(name, "") for name in ("Upload-Offset", "Content-Length"))
    return (digits.whole(offset), digits.whole(length, most=field_files.MOST_PART_BYTES))


def _answer(file: FieldFile, *, offset: int | None = None, status: int = 200) -> HttpResponse:
    at = file.received_bytes if offset is None else offset
    is_over = file.complete_at is not None or file.given_up_at is not None
    response = JsonResponse(
        {"offset": at, "size": file.size_bytes, "is_over": is_over}, status=status
    )
    response["Upload-Offset"] = str(at)
    return response
