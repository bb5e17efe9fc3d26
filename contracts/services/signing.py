"""A contract is signed: last digits, the hand, a code to the phone of record, the signature."""

import hmac
import secrets
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from contracts.models import Contract, ContractSeal, Signature, SigningCode
from contracts.rules import lifecycle, strokes
from contracts.services import announcing, history, running
from ispbill.accounts.models import User
from ispbill.accounts.services import code_budget
from ispbill.accounts.services.throttle import TooManyTries
from ispbill.audit.services import trail
from ispbill.core import crypto, digits
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.jobs import after_commit

CODE_LIFETIME = timedelta(minutes=10)
MOST_TRIES = 5
MOST_CODES_AN_HOUR = 3
MOST_LINK_TRIES = 5


class NotSigned(DomainError):
    """The code is wrong or too old, or the contract no longer waits for a signature."""


class TooManyCodes(DomainError):
    """So many codes were sent that the next one has to wait."""


@dataclass(frozen=True)
class Hand:
    """What a signer gives: a name, perhaps a drawn path, and the words agreed to."""

    name: str
    consent: str
    consent_language: str
    strokes: list[list[list[float]]] = field(default_factory=list)
    capacity: str = ""


@dataclass(frozen=True)
class Origin:
    """Where a signature comes from."""

    device: str
    ip: str
    user_agent: str


@transaction.atomic
def knows_digits(*, contract: Contract, digits: str, act: Act) -> bool:
    """Tell whether the last digits of the phone are right; five wrong ones kill the link."""
    trail.begin(act=act)
    contract = history.lock(contract)
    if contract.link_tries >= MOST_LINK_TRIES:
        return False
    if len(digits) == 4 and contract.customer.phone.endswith(digits):
        return True
    contract.link_tries += 1
    contract.save(update_fields=["link_tries"])
    if contract.link_tries >= MOST_LINK_TRIES:
        history.step(contract, "link_dead", act=act)
    return False


@transaction.atomic
def ask_code(*, contract: Contract, hand: Hand, ip: str, act: Act) -> SigningCode:
    """Send a code that signs this text with this hand and no other. Raises TooManyCodes, NotSigned.

    At most three an hour for a contract, beside the budget of the whole house.
    """
    trail.begin(act=act)
    contract = history.lock(contract)
    _refuse_hand(contract, hand)
    lately = contract.codes.filter(sent_at__gt=act.at - timedelta(hours=1)).count()
    if lately >= MOST_CODES_AN_HOUR:
        raise TooManyCodes(_("Three codes were sent within an hour. Try again later."))
    try:
        code_budget.take(login=contract.customer.phone, ip=ip, is_known=True, at=act.at)
    except TooManyTries as error:
        raise TooManyCodes(_("Too many codes were asked for. Try again later.")) from error
    plain = f"{secrets.randbelow(10**6):06d}"
    row = SigningCode.objects.create(
        contract=contract,
        customer_id=contract.customer_id,
        code_hash=_hashes(contract, hand, plain)[0],
        given=asdict(hand),
        sent_at=act.at,
        expires_at=act.at + CODE_LIFETIME,
    )
    history.step(contract, "code_sent", act=act, phone=masked(contract.customer.phone))
    announcing.code(contract, plain, row_id=row.pk, at=act.at)
    return row


def confirm(*, contract: Contract, code: str, origin: Origin, act: Act) -> Contract:
    """Sign with the code that was sent last. Raises NotSigned; a wrong try is counted."""
    with transaction.atomic():
        trail.begin(act=act)
        contract = history.lock(contract)
        _refuse_over(contract)
        row = contract.codes.select_for_update().order_by("-pk").first()
        if row is None or row.used_at or row.expires_at <= act.at or row.tries >= MOST_TRIES:
            raise NotSigned(_("This code is no longer good. Ask for a new one."))
        row.tries += 1
        hand = Hand(**row.given)
        given = _hashes(contract, hand, digits.code(code))
        is_right = any([hmac.compare_digest(row.code_hash, one) for one in given])
        if is_right:
            row.used_at = act.at
        row.save(update_fields=["tries", "used_at"])
        if is_right:
            proof = {
                "phone": contract.customer.phone,
                "code_sent_at": row.sent_at,
                "code_tries": row.tries,
            }
            _sign(contract, hand, proof, origin, act=act)
            return contract
        history.step(contract, "code_wrong", act=act, tries=row.tries)
    raise NotSigned(_("This is not the code we sent."))


@transaction.atomic
def witness(
    *, contract: Contract, hand: Hand, identity_document: str, origin: Origin, act: Act[User]
) -> Contract:
    """Sign before the member of staff who acts; their reason says why no code could be sent.

    `identity_document`: what they looked at, its kind and last digits. Raises NotSigned,
    ReasonMissing.
    """
    act = trail.begin_with_reason(act=act)
    contract = history.lock(contract)
    _refuse_hand(contract, hand)
    if not identity_document.strip():
        raise NotSigned(_("Say which identity document you have seen."))
    history.step(contract, "witnessed", act=act, document=identity_document.strip())
    proof = {
        "witness": act.actor,
        "witness_reason": act.reason[:200],
        "identity_document": identity_document.strip()[:80],
    }
    _sign(contract, hand, proof, origin, act=act)
    return contract


@transaction.atomic
def decline(*, contract: Contract, act: Act) -> Contract:
    """Note that the customer does not want the contract."""
    trail.begin(act=act)
    contract = history.lock(contract)
    contract.over_at, contract.link_digest = act.at, ""
    history.move(contract, lifecycle.DECLINED, act=act)
    return contract


def masked(phone: str) -> str:
    """Return a phone of which only the last four digits are shown."""
    return f"•••• {phone[-4:]}"


def is_open(contract: Contract, at: datetime) -> bool:
    """Tell whether the contract's link still leads to the text."""
    return (
        contract.state == lifecycle.SENT
        and contract.link_tries < MOST_LINK_TRIES
        and contract.link_expires_at is not None
        and contract.link_expires_at > at
    )


def _sign(
    contract: Contract, hand: Hand, proof: dict[str, Any], origin: Origin, *, act: Act
) -> None:
    Signature.objects.create(
        contract=contract,
        customer_id=contract.customer_id,
        name=hand.name.strip(),
        capacity=hand.capacity.strip(),
        strokes=hand.strokes,
        strokes_sha256=strokes.digest(hand.strokes),
        consent=hand.consent,
        consent_language=hand.consent_language,
        document_sha256=contract.sha256,
        **proof,
        device=origin.device,
        ip=origin.ip or None,
        user_agent=origin.user_agent[:300],
        signed_at=act.at,
    )
    contract.signed_at = act.at  # the link stays known: it says that it is signed
    history.move(
        contract,
        lifecycle.SIGNED,
        act=act,
        sha256=contract.sha256,
        name=hand.name.strip(),
        strokes=strokes.digest(hand.strokes),
    )
    ContractSeal.objects.create(
        contract=contract, customer_id=contract.customer_id, requested_at=act.at
    )
    after_commit("contracts.seal", contract_id=contract.pk)
    announcing.signed(contract, at=act.at)
    running.begin_if_due(contract, act=act)


def _refuse_hand(contract: Contract, hand: Hand) -> None:
    _refuse_over(contract)
    if not hand.name.strip():
        raise NotSigned(_("Type your name."))


def _refuse_over(contract: Contract) -> None:
    if contract.state != lifecycle.SENT:
        raise NotSigned(_("This contract no longer waits for a signature."))


def _hashes(contract: Contract, hand: Hand, code: str) -> list[str]:
    bound = [str(contract.pk), contract.sha256, hand.consent, strokes.digest(hand.strokes), code]
    return crypto.fingerprints("\n".join(bound), purpose="contract-code")
