"""The client: one method for each thing we ask of Netcash. No state, no database, no clock."""

import re
import uuid
from collections.abc import Callable
from datetime import date
from typing import Never
from urllib.parse import urlsplit

from ispbill.core.marking import gettext_noop
from payments.online.gateways.netcash import codes, reports, soap, statements, upload_file, wire
from payments.online.gateways.netcash.contract import (
    AccountKind,
    AccountVerdict,
    Authorisation,
    Authorised,
    Batch,
    BatchRow,
    Instruction,
    Keys,
    KeyVerdict,
    LoadReport,
    MandateAsked,
    MandateOrder,
    MandateRow,
    NetcashDown,
    NetcashRefused,
    Service,
    Statement,
    WrongKey,
)
from payments.online.gateways.netcash.mandate_call import parameters as mandate_parameters

LIVE = "https://ws.netcash.co.za"
_CODE = re.compile(r"\d{3}", re.ASCII)
_TOKEN = re.compile(r"[\w.-]{4,100}", re.ASCII)
# An exception inside the service is no "no": a file may have been taken before it happened.
_CHANGES = frozenset({"BatchFileUpload", "RequestBatchAuthorise"})
_AUTHORISED = frozenset({"0", "000", "001", "true"})
# A bank's branch and made-up digits: only the key is being judged.
_PROBE = ("1234567890", "632005", AccountKind.CURRENT)


class Netcash:
    """Netcash for one merchant.

    `timeout`: seconds to connect and seconds for an answer. Raises ValueError for an address that
    is neither https nor loopback. Every method raises NetcashDown when the outcome is not known,
    WrongKey, and NetcashRefused for every other no.
    """

    def __init__(
        self, *, keys: Keys, base_url: str = LIVE, timeout: tuple[float, float] = (5, 30)
    ) -> None:
        wire.check_address(base_url)
        self._keys = keys
        self._base_url = base_url
        self._timeout = timeout

    def check_keys(self) -> list[KeyVerdict]:
        """Try every key that is there with a question that changes nothing.

        Pay Now's key cannot be tried this way and is left out. Raises NetcashDown.
        """
        tries: dict[Service, Callable[[], object]] = {
            Service.ACCOUNT: lambda: self._token(
                Service.ACCOUNT, "RequestInterimMerchantStatement", []
            ),
            Service.DEBIT_ORDER: lambda: self._text(
                Service.DEBIT_ORDER, "RetrieveUnauthorisedBatches", []
            ),
            Service.VALIDATION: lambda: self.validate_account(*_PROBE),
        }
        return [
            self._verdict(service, ask) for service, ask in tries.items() if self._keys.of(service)
        ]

    def validate_account(self, number: str, branch_code: str, kind: AccountKind) -> AccountVerdict:
        """Check an account number's digits; whose account it is remains unknown."""
        text = self._text(
            Service.VALIDATION,
            "ValidateBankAccount",
            [
                ("AccountNumber", number),
                ("BranchCode", branch_code),
                ("AccountType", str(int(kind))),
            ],
            endpoint=soap.VALIDATION,
        )
        if text not in codes.ACCOUNT_VERDICTS:
            raise NetcashDown("the verdict on the account cannot be read", was_sent=True)
        return AccountVerdict(text, codes.ACCOUNT_VERDICTS[text])

    def add_mandate(self, order: MandateOrder) -> MandateAsked:
        """Ask for a signature. After NetcashDown with `was_sent` the mandate may exist: look for
        its reference in `mandates` before asking again."""
        key = self._key(Service.DEBIT_ORDER)
        result = soap.call(
            self._base_url,
            soap.NIF,
            "AddMandate",
            mandate_parameters(order, service_key=key),
            timeout=self._timeout,
        )
        code = result.one("ErrorCode") or result.text
        if code != "000":
            if not _CODE.fullmatch(code) or code == codes.GENERAL:
                raise NetcashDown(f"AddMandate was answered with “{code}”", was_sent=True)
            _refuse(
                Service.DEBIT_ORDER, code, tuple(filter(None, result.members.get("Errors", ())))
            )
        url = result.one("MandateUrl")
        if not _is_link(url):
            raise NetcashDown("the mandate has no address to sign at", was_sent=True)
        return MandateAsked(
            url=url,
            tracking=result.one("TrackingIndicator"),
            warnings=tuple(filter(None, result.members.get("Warnings", ()))),
        )

    def ask_mandates(self) -> str:
        """Order the mandate data; return the token to fetch it with."""
        return self._token(Service.DEBIT_ORDER, "RequestMandateData", [])

    def mandates(self, token: str) -> list[MandateRow] | None:
        """Return every mandate Netcash has, or None while the data is not ready."""
        text = self._text(Service.DEBIT_ORDER, "RetrieveMandateData", [("FileToken", token)])
        return None if _is_waiting(text) else reports.mandates(text)

    def next_action_date(self, day: date, instruction: Instruction) -> date:
        """Return the first day from `day` on that Netcash takes for the instruction."""
        text = self._text(
            Service.DEBIT_ORDER,
            "RequestActionDate",
            [("Date", _day(day)), ("Instruction", instruction.value), ("ForwardActionDate", "1")],
        )
        found = reports.day(text)
        if found is None:
            raise NetcashDown("the action date cannot be read", was_sent=True)
        return found

    def upload(self, batch: Batch) -> str:
        """Hand in a batch; return the token of its load report.

        A token says "received", no more. After NetcashDown with `was_sent` the batch may have
        been taken: look for its name in `batches` before handing it in again.
        """
        key = self._key(Service.DEBIT_ORDER)
        text = upload_file.write(batch, service_key=key, vendor_key=self._keys.vendor)
        return self._token(Service.DEBIT_ORDER, "BatchFileUpload", [("File", text)])

    def load_report(self, token: str) -> LoadReport | None:
        """Return what became of an upload, or None while that is not known."""
        text = self._text(Service.DEBIT_ORDER, "RequestFileUploadReport", [("FileToken", token)])
        return None if _is_waiting(text) else reports.load_report(text)

    def batches(self, start: date, end: date) -> list[BatchRow]:
        """Return the batches handed in from `start` to `end`, both included."""
        text = self._text(
            Service.DEBIT_ORDER,
            "RetrieveBatchStatusByDate",
            [("StartDate", _day(start)), ("EndDate", _day(end))],
        )
        return reports.batches(text)

    def authorise(self, batch_guid: str) -> Authorised:
        """Release a batch for collection. DONE is what Netcash says: `batches` shows it."""
        text = self._text(
            Service.DEBIT_ORDER,
            "RequestBatchAuthorise",
            [
                ("BatchIndicator", _guid(batch_guid)),
                ("SendEmail", "false"),
                ("FromName", ""),
                ("FromAddress", ""),
                ("SendSMS", "false"),
                ("ReleaseFunds", "true"),
                ("BankTransfer", "false"),
            ],
            allowed=codes.BY_HAND | {codes.NO_FUNDS},
        )
        if text in codes.BY_HAND:
            return Authorised(Authorisation.BY_HAND, text)
        if text == codes.NO_FUNDS:
            return Authorised(Authorisation.NO_FUNDS, text)
        if text.lower() in _AUTHORISED or _TOKEN.fullmatch(text):
            return Authorised(Authorisation.DONE, text)
        raise NetcashDown("the answer to the authorisation cannot be read", was_sent=True)

    def ask_statement(self, from_day: date) -> str:
        """Order the statement from a day on; return the token to fetch it with."""
        return self._token(
            Service.ACCOUNT, "RequestMerchantStatement", [("FromActionDate", _day(from_day))]
        )

    def statement(self, token: str) -> Statement | None:
        """Return the statement, or None while it is not ready."""
        text = self._text(Service.ACCOUNT, "RetrieveMerchantStatement", [("PollingId", token)])
        if _is_waiting(text):
            return None
        if text.upper() == codes.NO_CHANGE:
            return Statement(lines=(), is_unchanged=True)
        return statements.statement(text)

    def _text(
        self,
        service: Service,
        method: str,
        parameters: list[soap.Parameter],
        *,
        endpoint: soap.Endpoint = soap.NIF,
        allowed: frozenset[str] = frozenset({"000", "001"}),
    ) -> str:
        """Call a method that answers with a text; a bare code is a refusal unless `allowed`."""
        result = soap.call(
            self._base_url,
            endpoint,
            method,
            [("ServiceKey", self._key(service)), *parameters],
            timeout=self._timeout,
        )
        if method in _CHANGES and result.text == codes.GENERAL:
            raise NetcashDown(f"{method} ended in a general error", was_sent=True)
        if _CODE.fullmatch(result.text) and result.text not in allowed | {"000", "001"}:
            _refuse(service, result.text)
        return result.text

    def _token(self, service: Service, method: str, parameters: list[soap.Parameter]) -> str:
        text = self._text(service, method, parameters)
        if _CODE.fullmatch(text) or not _TOKEN.fullmatch(text):
            raise NetcashDown(f"the answer to {method} is no token", was_sent=True)
        return text

    def _key(self, service: Service) -> str:
        key = self._keys.of(service)
        if not key:
            raise WrongKey(service, "", gettext_noop("The service key is missing"))
        return key

    def _verdict(self, service: Service, ask: Callable[[], object]) -> KeyVerdict:
        try:
            ask()
        except NetcashRefused as error:
            return KeyVerdict(service, error.code in _KEY_WAS_TAKEN, error.code, error.words)
        return KeyVerdict(service, True, "000", gettext_noop("The key works"))


# Refusals that come after the key was found good: nothing there, nothing for this day.
_KEY_WAS_TAKEN = frozenset({"102", "202"})


def _refuse(service: Service, code: str, details: tuple[str, ...] = ()) -> Never:
    if code in codes.WRONG_KEY:
        raise WrongKey(service, code, codes.words(code))
    raise NetcashRefused(code, codes.words(code), details)


def _is_waiting(text: str) -> bool:
    return text.upper() == codes.FILE_NOT_READY


def _day(day: date) -> str:
    return day.strftime("%Y%m%d")


def _guid(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError as error:
        raise NetcashRefused("", gettext_noop("This is not the id of a batch")) from error


def _is_link(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"https", "http"} and bool(parts.hostname) and not parts.username
    except ValueError:
        return False
