"""The fields, states and codes each gateway is known to answer with.

They are those of the recorded answers (tests/payments/recorded/, whose test holds both together)
and of the documents named in each adapter. What a live gateway says beyond them is shown to staff
(`services.gateways.recording`), added to the recorded answers, and then here.
"""

from typing import Final

from payments.online.rules.answer_shapes import Known


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_CONNECT = _words("DONE FAILED INACTIVE INVALID_REQUEST")

KNOWN: Final[dict[str, Known]] = {
    "SSLCOMMERZ": Known(
        fields=_words("""
            status failedreason sessionkey gw visa master amex othercards internetbanking
            mobilebanking redirectGatewayURL redirectGatewayURLFailed directPaymentURLBank
            directPaymentURLCard directPaymentURL GatewayPageURL storeBanner storeLogo store_name
            desc name type logo r_flag is_direct_pay_enable
            tran_date tran_id val_id amount store_amount currency bank_tran_id card_type card_no
            card_issuer card_brand card_category card_sub_brand card_issuer_country
            card_issuer_country_code currency_type currency_amount currency_rate base_fair value_a
            value_b value_c value_d emi_instalment emi_amount emi_description emi_issuer
            account_details risk_title risk_level discount_percentage discount_amount
            discount_remarks APIConnect validated_on gw_version offer_avail card_ref_id
            isTokeizeSuccess campaign_code token_key error store_id bank_gw no_of_trans_found
            element trans_id refund_ref_id errorReason initiated_on refunded_on verify_sign
            verify_key verify_sign_sha2
        """),
        values={
            "APIConnect": _CONNECT,
            "status": _words(
                "SUCCESS FAILED VALID VALIDATED INVALID INVALID_TRANSACTION PENDING CANCELLED"
                " UNATTEMPTED EXPIRED success failed processing refunded cancelled"
            ),
            "risk_level": _words("0 1"),
            "card_brand": _words("VISA MASTERCARD MASTER AMEX MOBILEBANKING IB"),
            "card_category": _words("DEBIT CREDIT PREPAID MOBILE IB"),
            "currency_type": _words("BDT USD EUR"),
            "currency": _words("BDT"),
        },
    ),
    "BKASH": Known(
        fields=_words("""
            statusCode statusMessage errorCode errorMessage internalCode externalCode
            errorMessageEn errorMessageBn status msg message id_token token_type expires_in
            refresh_token paymentID bkashURL callbackURL successCallbackURL failureCallbackURL
            cancelledCallbackURL amount intent currency paymentCreateTime paymentExecuteTime
            transactionStatus merchantInvoiceNumber merchantInvoice payerReference customerMsisdn
            trxID payerType payerAccount mode verificationStatus userVerificationStatus
            initiationTime completedTime transactionType organizationShortCode
            transactionReference originalTrxID refundTrxID charge originalTrxId refundTrxId
            refundTransactionStatus originalTrxAmount originalTrxCompletedTime refundAmount
            refundTransactions sku reason agreementID serviceFee maxRefundableAmount orgShortCode
        """),
        values={
            "statusCode": _words("""
                0000 503 9999 2001 2002 2003 2006 2007 2008 2009 2010 2011 2023 2029 2031 2049
                2056 2057 2062 2065 2068 2069 2071 2072 2073 2074 2079 2080 2116 2117 2118 2119
                2127
            """),
            "externalCode": _words("2001 2002 2003 2006 2065 2071 2072 2073 2074 2079 2080"),
            "errorCode": _words("503 9999 2001 2002"),
            "transactionStatus": frozenset(
                {
                    "Initiated",
                    "Completed",
                    "Pending Authorized",
                    "Declined",
                    "Failed",
                    "Cancelled",
                    "Expired",
                    "Processing",
                }
            ),
            "refundTransactionStatus": _words("Completed Initiated Processing Failed"),
            "verificationStatus": _words("Complete Incomplete"),
            "userVerificationStatus": _words("Complete Incomplete"),
            "payerType": _words("Customer"),
            "mode": _words("0011"),
            "intent": _words("sale"),
            "currency": _words("BDT"),
            "token_type": _words("Bearer"),
            "status": _words("fail"),
        },
    ),
    "NAGAD": Known(
        fields=_words("""
            sensitiveData signature paymentReferenceId challenge acceptDateTime callBackUrl status
            reason message merchantId orderId paymentRefId amount clientMobileNo merchantMobileNo
            orderDateTime issuerPaymentDateTime issuerPaymentRefNo additionalMerchantInfo
            statusCode cancelIssuerDateTime cancelIssuerRefNo serviceType merchant order_id
            payment_ref_id status_code payment_dt issuer_payment_ref
        """),
        values={
            "status": _words("""
                Success OrderInitiated Ready InProgress OtpSent OtpVerified PinGiven Cancelled
                PartialCancelled InvalidRequest Fraud Aborted UnKnownFailed Failed
            """),
            "statusCode": _words("000"),
            "status_code": _words("00_0000_000 50_0026_851"),
            "reason": frozenset(
                f"16_0006_{code}"
                for code in _words("004 017 052 053 056 057 058 059 061 064 068 076 081 083 999")
            ),
            "serviceType": _words("REGULAR_ECOM"),
        },
    ),
}
