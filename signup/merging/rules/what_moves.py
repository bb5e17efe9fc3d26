"""What goes over to the surviving account and what stays, table by table.

Money and numbers stay where they were written; what is done for somebody goes with them. A test
asks of every table with a customer that it stands here.
"""

# They belong to a service, and go wherever it goes: over, and back with what was added since.
WITH_SERVICE = (
    "customers.Suspension",
    "customers.SubscriptionAddon",
    "network.Access",
    "network.IpAssignment",
    "network.FupState",
    "network.SpeedTest",
    "network.UsageHour",
    "network.UsageDay",
    "billing.Schedule",
    "billing.ContractTerms",
    "billing.RenewalChoice",
    "billing.PlannedMove",
    "billing.PauseRequest",
    "billing.PackageChange",
    "billing.Discount",
    "billing.PriceStep",
    "resellers.WalletRenewal",
    "reports.ServiceTerm",
)

# They go over, and back row by row: what came later stays with the survivor.
BY_ROW = (
    "customers.CustomerLogin",
    "customers.CustomerNote",
    "customers.Call",
    "customers.Lead",
    "notifications.Message",
    "tickets.Ticket",
    "tickets.Comment",
    "tickets.TicketNote",
    "tickets.TicketClock",
    "tickets.Attachment",
    "tickets.InboundMail",
    "tickets.Opinion",
    "tickets.Survey",
    "fieldservice.WorkOrder",
    "fieldservice.Visit",
    "fieldservice.Photo",
    "fieldservice.Material",
    "fieldservice.FieldAction",
    "fieldservice.FieldFile",
    "fieldservice.StockPlace",
    "contracts.Contract",
    "contracts.ContractSeal",
    "contracts.SigningCode",
    "payments.KnownPayer",
    "signup.Order",
    "signup.ImportRow",
    "signup.LegacyRecord",
    "churn.RetentionTask",
)

# They stay with the account they were written for, and are shown with both.
STAYS = (
    # Money, and what it was decided by.
    "billing.Invoice", "billing.InvoiceLine", "billing.CreditNote", "billing.CreditNoteLine",
    "billing.Payment", "billing.Allocation", "billing.Refund", "billing.RefundPart",
    "billing.JournalEntry", "billing.Posting", "billing.Document", "billing.Approval",
    "billing.Deposit", "billing.DepositMove", "billing.DryRunPart", "billing.AcceptedFinding",
    "billing.OutageCredit", "billing.BridgedDays", "billing.DayException",
    "billing.DunningHold", "billing.DunningEvent", "billing.PaymentUnderWay",
    "payments.StatementPart", "payments.StatementSuggestion", "payments.DebitOrder",
    "payments.DebitPart", "payments.PaymentAttempt", "payments.GatewayRefund",
    "payments.Voucher", "payments.ReferralReward", "resellers.Commission",
    "resellers.ResellerAssignment", "fieldservice.RoundReceipt",
    # Signed by or promised to exactly this account: never given to another.
    "payments.PaymentMethod", "payments.Mandate", "payments.MandateHint",
    "contracts.Signature", "contracts.ContractEvent", "customers.TaxCertificate",
    # One of each account, or figures that are made anew.
    "customers.AccountState", "customers.ReferralCode", "customers.Referral",
    "customers.CampaignMember", "customers.DuplicatePair", "customers.Merge",
    "network.OutageTold", "tickets.SurveyRefusal", "churn.ChurnEpisode",
    "churn.ChurnObservation", "churn.ChurnScore", "reports.Stay", "upkeep.Erasure",
)  # fmt: skip
