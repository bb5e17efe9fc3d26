"""/technician/files/: photos in parts, each where the last one ended."""

import uuid

from django.http import Http404, HttpResponse, JsonResponse
from django.views.decorators.http import require_http_methods

from fieldservice.models import FieldFile
from fieldservice.services import field_files
from fieldservice.services.field_files import WrongOffset, WrongSum
from ispbill.accounts.access import technician_only
from ispbill.accounts.http import Request
from ispbill.core import rls
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError


@technician_only
@require_http_methods(["GET", "HEAD", "POST"])
def part(request: Request, action: uuid.UUID) -> HttpResponse:
    """Say how much of a photo has come, or take in its next part (the body).

    409 with the right offset, 422 for what has the wrong sum (offset 0) or is no picture.
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
    offset = request.headers.get("Upload-Offset", "")
    length = request.headers.get("Content-Length", "")
    if not offset.isdigit() or len(offset) > 9:
        return JsonResponse({"why": "unreadable"}, status=400)
    if not length.isdigit() or int(length) > field_files.MOST_PART_BYTES:
        return JsonResponse({"why": "too long"}, status=413)
    try:
        file = field_files.append(
            file=file, offset=int(offset), part=request.body, act=Act.now(request.user)
        )
    except WrongOffset as refusal:
        return _answer(file, offset=refusal.offset, status=409)
    except WrongSum:
        return _answer(file, offset=0, status=422)
    except DomainError as refusal:
        return JsonResponse({"why": str(refusal), "is_over": True}, status=422)
    return _answer(file)


def _answer(file: FieldFile, *, offset: int | None = None, status: int = 200) -> HttpResponse:
    at = file.received_bytes if offset is None else offset
    is_over = file.complete_at is not None or file.given_up_at is not None
    response = JsonResponse(
        {"offset": at, "size": file.size_bytes, "is_over": is_over}, status=status
    )
    response["Upload-Offset"] = str(at)
    return response
