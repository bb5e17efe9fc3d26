"""The signed paper: original and evidence page in one file, sealed by a worker.

Sealing never undoes a signature: what goes wrong is kept in the row, tried again, and shown.
"""

import io
import json
import logging
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from pypdf import PdfReader, PdfWriter

from contracts import gateways
from contracts.models import Contract, ContractSeal, Signature
from contracts.queries import telling
from contracts.rules import strokes
from contracts.services import announcing, history, papers, seal_keys, signing
from ispbill.audit.services import trail
from ispbill.core import made_files, pdf
from ispbill.core.acts import Act
from ispbill.core.jobs import enqueue
from ispbill.core.models import Company

log = logging.getLogger(__name__)

REQUESTS = made_files.Kept(
    ContractSeal.objects.select_related("contract__customer", "contract__signature"),
    most_attempts=6,
)
SWEPT_AT_ONCE = 200
EVIDENCE = "evidence.json"


def seal(*, contract_id: int, at: datetime) -> bool:
    """Make and seal the signed paper of a contract; True when it was made now."""
    row = ContractSeal.objects.filter(contract_id=contract_id).first()
    return row is not None and made_files.make(REQUESTS, row.pk, lambda one: _make(one, at=at))


def sweep(*, at: datetime) -> None:
    """Queue again what was lost, and give what failed another chance every hour."""
    for pk in REQUESTS.lost(most=SWEPT_AT_ONCE):
        contract_id = ContractSeal.objects.values_list("contract_id", flat=True).get(pk=pk)
        enqueue("contracts.seal", contract_id=contract_id)


@transaction.atomic
def again(*, contract: Contract, act: Act) -> None:
    """Have the paper of a signed contract sealed anew after it failed. Raises ImpossibleMove."""
    trail.begin(act=act)
    row = ContractSeal.objects.select_for_update().filter(contract=contract).first()
    if row is None:
        raise history.impossible(contract)
    if row.is_failed:
        row.save(update_fields=made_files.ask(row, at=act.at))
        history.record(contract, "seal_retried", act=act)
        transaction.on_commit(lambda: enqueue("contracts.seal", contract_id=contract.pk))


def evidence(contract: Contract, signature: Signature) -> dict[str, object]:
    """Return what is known of a signature, as it is attached to the signed paper."""
    return {
        "contract": contract.number,
        "document_sha256": contract.sha256,
        "verify": announcing.verify_url(contract),
        "name": signature.name,
        "capacity": signature.capacity,
        "hand": "drawn" if signature.strokes else "typed",
        "strokes_sha256": signature.strokes_sha256,
        "consent": signature.consent,
        "consent_language": signature.consent_language,
        **_proof(signature),
        "device": signature.device,
        "ip": signature.ip,
        "user_agent": signature.user_agent,
        "signed_at": signature.signed_at.isoformat(),
        "time_source": "clock of the server, UTC",
        "events": [
            {
                "step": one.step_no,
                "at": one.at.isoformat(),
                "kind": one.kind,
                "facts": one.facts,
                "sha256": one.sha256,
            }
            for one in contract.events.order_by("step_no")
        ],
    }


def _proof(signature: Signature) -> dict[str, object]:
    """Return what the signature rests on: a code to the phone of record, or a witness."""
    if signature.witness is not None:
        return {
            "witness": signature.witness.name,
            "witness_reason": signature.witness_reason,
            "identity_document": signature.identity_document,
        }
    sent_at = signature.code_sent_at
    return {
        "phone": signing.masked(signature.phone),
        "code_sent_at": sent_at.isoformat() if sent_at else "",
        "code_tries": signature.code_tries,
        **telling.code_message(signature.contract),
    }


def _make(row: ContractSeal, *, at: datetime) -> bool:
    contract = row.contract
    original = papers.content(contract.path)
    known = evidence(contract, contract.signature)
    whole = _joined(contract, original, _evidence_page(contract, known), known)
    key = seal_keys.current(at=at)
    sealed, note = _sealed(whole, key, contract.number)
    digest, path = papers.keep(sealed)
    with transaction.atomic():
        act = Act(None, at)
        trail.begin(act=act)
        contract = history.lock(contract)
        ContractSeal.objects.filter(pk=row.pk).update(
            state=ContractSeal.State.READY,
            path=path,
            sha256=digest,
            certificate=key.certificate.decode(),
            is_self_made=key.is_self_made,
            note=note,
            made_at=at,
        )
        history.step(contract, "sealed", act=act, sha256=digest)
        history.record(contract, "sealed", act=act, after={"sha256": digest})
    return True


def _sealed(whole: bytes, key: seal_keys.Key, number: str) -> tuple[bytes, str]:
    """Seal with a timestamp where an authority is set and answers, else without."""
    url = settings.CONTRACT_TSA_URL
    if url:
        try:
            return gateways.seal(
                whole, key=key.key, certificate=key.certificate, reason=number, tsa_url=url
            ), "B-T"
        except Exception as error:  # the paper is sealed all the same
            log.warning("time authority silent", extra={"error": type(error).__name__})
            note = "B-B: the time authority was silent"
    else:
        note = "B-B"
    return gateways.seal(whole, key=key.key, certificate=key.certificate, reason=number), note


def _evidence_page(contract: Contract, known: dict[str, object]) -> bytes:
    signature = contract.signature
    language = contract.version.agreement.language
    with translation.override(language):
        page = render_to_string(
            "contracts/pdf/evidence.html",
            {
                "language": language,
                "company": Company.current(),
                "contract": contract,
                "signature": signature,
                "phone": known.get("phone", ""),
                "path": strokes.path(signature.strokes),
                "events": list(contract.events.order_by("step_no")),
                "verify_url": known["verify"],
            },
        )
    return pdf.render(page)


def _joined(contract: Contract, original: bytes, page: bytes, known: dict[str, object]) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(original)))
    writer.append(PdfReader(io.BytesIO(page)))
    writer.add_attachment(f"{contract.number}.pdf", original)
    told = json.dumps(known, ensure_ascii=False, indent=1).encode()
    writer.add_attachment(EVIDENCE, told)
    writer.add_metadata({"/Title": contract.number, "/Keywords": contract.verify_code})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
