from contracts.models.agreement import Agreement, AgreementVersion
from contracts.models.contract import Contract, ContractSeal
from contracts.models.evidence import ContractEvent, SealKey, Signature, SigningCode

__all__ = [
    "Agreement",
    "AgreementVersion",
    "Contract",
    "ContractEvent",
    "ContractSeal",
    "SealKey",
    "Signature",
    "SigningCode",
]
