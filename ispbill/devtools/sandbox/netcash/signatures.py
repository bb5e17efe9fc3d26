"""The methods we serve: members in the order of the service's description."""

NIF, VALIDATION = "INIWS_NIF", "INIWS_Validation"

_MANDATE = (
    "ServiceKey AccountReference MandateName MandateAmount IsConsumer FirstName Surname "
    "TradingName RegistrationNumber RegisteredName MobileNumber DebitFrequency CommencementMonth "
    "CommencementDay AgreementDate AgreementReferenceNumber CancellationNoticePeriod "
    "PublicHolidayOption Notes Field1 Field2 Field3 Field4 Field5 Field6 Field7 Field8 Field9 "
    "AllowVariableDebitAmounts BankDetailType BankAccountName BankAccountNumber BranchCode "
    "BankAccountType CreditCardToken CreditCardType ExpiryMonth ExpiryYear IsIdNumber Title "
    "EmailAddress PhoneNumber DateOfBirth DecemberDebitDay DebitMasterfileGroup "
    "PhysicalAddressLine1 PhysicalAddressLine2 PhysicalAddressLine3 PhysicalSuburb PhysicalCity "
    "PhysicalProvince PhysicalPostalCode MandateActive RequestAVS AVSCheckNumber IncludeDebiCheck "
    "DebiCheckMandateTemplateId DebiCheckCollectionAmount DebiCheckFirstCollectionDiffers "
    "DebiCheckFirstCollectionDate DebiCheckFirstCollectionAmount DebiCheckCollectionDayCode "
    "AddToMasterFile"
)
METHODS: dict[tuple[str, str], tuple[str, ...]] = {
    (contract, method): tuple(members.split())
    for contract, method, members in (
        (NIF, "AddMandate", _MANDATE),
        (NIF, "RequestMandateData", "ServiceKey"),
        (NIF, "RetrieveMandateData", "ServiceKey FileToken"),
        (NIF, "BatchFileUpload", "ServiceKey File"),
        (NIF, "RequestFileUploadReport", "ServiceKey FileToken"),
        (NIF, "RequestActionDate", "ServiceKey Date Instruction ForwardActionDate"),
        (NIF, "RetrieveBatchStatus", "ServiceKey"),
        (NIF, "RetrieveSpecificBatchStatus", "ServiceKey BatchName"),
        (NIF, "RetrieveBatchStatusByDate", "ServiceKey StartDate EndDate"),
        (NIF, "RetrieveUnauthorisedBatches", "ServiceKey"),
        (
            NIF,
            "RequestBatchAuthorise",
            "ServiceKey BatchIndicator SendEmail FromName FromAddress SendSMS ReleaseFunds "
            "BankTransfer",
        ),
        (NIF, "RequestMerchantStatement", "ServiceKey FromActionDate"),
        (NIF, "RequestInterimMerchantStatement", "ServiceKey"),
        (NIF, "RetrieveMerchantStatement", "ServiceKey PollingId"),
        (VALIDATION, "ValidateBankAccount", "ServiceKey AccountNumber BranchCode AccountType"),
    )
}
ACCOUNT_METHODS = frozenset(
    {"RequestMerchantStatement", "RequestInterimMerchantStatement", "RetrieveMerchantStatement"}
)


def service_of(contract: str, method: str) -> str:
    """Return which of the merchant's keys opens a method."""
    if contract == VALIDATION:
        return "validation"
    return "account" if method in ACCOUNT_METHODS else "debit_order"
