"""The English texts that come with the product. SMS texts keep to the 7-bit alphabet."""

from ispbill.notifications.rules.shipped import Shipped

_SIGNED = "\n\nWith kind regards\n{company}\n{company_phone}"

TEXTS: dict[str, Shipped] = {
    "invoice_issued": Shipped(
        sms="Dear {name}, your bill {invoice} of {amount} is ready. Please pay by {due_date}: "
        "{pay_url} {company}",
        whatsapp="Dear {name}, your bill *{invoice}* of *{amount}* is ready. Please pay by "
        "{due_date}.\n\nPay here: {pay_url}\n\n{company}",
        subject="Your bill {invoice}: {amount}, due {due_date}",
        email="Dear {name},\n\nyour bill {invoice} is ready.\n\nPeriod: {period}\nAmount: {amount}"
        "\nPlease pay by: {due_date}\n\nPay here: {pay_url}\nAll your bills: {portal_url}\n\n"
        "Something not right? Call us, we will look at it with you." + _SIGNED,
    ),
    "payment_reminder": Shipped(
        sms="Dear {name}, a friendly reminder: {amount} for bill {invoice} is due on {due_date}. "
        "Pay: {pay_url} {company}",
        whatsapp="Dear {name}, a friendly reminder: *{amount}* for bill {invoice} is due on "
        "{due_date}.\n\nPay here: {pay_url}\n\nAlready paid? Then please ignore this. {company}",
        subject="A friendly reminder: {amount} due {due_date}",
        email="Dear {name},\n\na friendly reminder: {amount} for bill {invoice} is due on "
        "{due_date}.\n\nPay here: {pay_url}\n\nIf you have already paid, thank you, and please "
        "ignore this message." + _SIGNED,
    ),
    "payment_due_today": Shipped(
        sms="Dear {name}, {amount} for bill {invoice} is due today. Pay: {pay_url} "
        "Already paid? Thank you. {company}",
        whatsapp="Dear {name}, *{amount}* for bill {invoice} is due today.\n\nPay here: {pay_url}"
        "\n\nAlready paid? Thank you, please ignore this. {company}",
        subject="Due today: {amount} for bill {invoice}",
        email="Dear {name},\n\n{amount} for bill {invoice} is due today.\n\nPay here: {pay_url}"
        "\n\nIf you have already paid, thank you, and please ignore this message." + _SIGNED,
    ),
    "payment_overdue": Shipped(
        sms="Dear {name}, {amount} for bill {invoice} was due on {due_date}. Please pay soon to "
        "keep your line on: {pay_url} Need more time? Call {company_phone}. {company}",
        whatsapp="Dear {name}, *{amount}* for bill {invoice} was due on {due_date}. Please pay "
        "soon so that your line stays on.\n\nPay here: {pay_url}\n\nNeed more time? Call us on "
        "{company_phone}, we will find a way. {company}",
        subject="Overdue: {amount} for bill {invoice}",
        email="Dear {name},\n\n{amount} for bill {invoice} was due on {due_date}. Please pay soon "
        "so that your line stays on.\n\nPay here: {pay_url}\n\nNeed more time? Call us, we will "
        "find a way together." + _SIGNED,
    ),
    "suspension_notice": Shipped(
        sms="Dear {name}, {amount} for bill {invoice} is unpaid. Without payment your line is "
        "paused on {suspend_date}. Pay: {pay_url} More time? Call {company_phone}. {company}",
        whatsapp="Dear {name}, *{amount}* for bill {invoice} is unpaid. Without payment your line "
        "is paused on *{suspend_date}*.\n\nPay here: {pay_url}\n\nNeed more time? Call us on "
        "{company_phone}, we will find a way. {company}",
        subject="Your line is paused on {suspend_date} unless {amount} is paid",
        email="Dear {name},\n\n{amount} for bill {invoice}, due on {due_date}, is unpaid. Without "
        "payment your line is paused on {suspend_date}.\n\nPay here: {pay_url}\n\nNeed more time? "
        "Call us before that day, we will find a way together." + _SIGNED,
    ),
    "late_fee_charged": Shipped(
        sms="Dear {name}, a late fee of {amount} was added (bill {invoice}), as an earlier bill is "
        "still unpaid. {balance}. Pay: {pay_url} {company}",
        whatsapp="Dear {name}, a late fee of *{amount}* was added (bill {invoice}), as an earlier "
        "bill is still unpaid.\n\nYour account: {balance}\nPay here: {pay_url}\n\n{company}",
        subject="A late fee of {amount} was added",
        email="Dear {name},\n\na late fee of {amount} was added (bill {invoice}), as an earlier "
        "bill is still unpaid.\n\nYour account: {balance}\nPay here: {pay_url}\n\nIf you think "
        "this is a mistake, please call us." + _SIGNED,
    ),
    "payment_received": Shipped(
        sms="Thank you, {name}! We received {amount}, receipt {receipt}: {receipt_url} "
        "{balance}. {company}",
        whatsapp="Thank you, {name}! We received *{amount}*, receipt {receipt}: "
        "{receipt_url}\n\nYour account: {balance}\n\n{company}",
        subject="Thank you: {amount} received, receipt {receipt}",
        email="Dear {name},\n\nthank you, we received your payment.\n\nAmount: {amount}\nReceipt: "
        "{receipt}\nPaid by: {method}\nYour account: {balance}\n\nYour receipt: {receipt_url}\nAll "
        "of them: {portal_url}" + _SIGNED,
    ),
    "payment_reversed": Shipped(
        sms="Dear {name}, payment {receipt} of {amount} was reversed: {reason}. {balance}. "
        "Questions? Call {company_phone}. {company}",
        whatsapp="Dear {name}, payment {receipt} of *{amount}* was reversed: {reason}.\n\nYour "
        "account: {balance}\n\nQuestions? Call {company_phone}. {company}",
        subject="Payment {receipt} was reversed",
        email="Dear {name},\n\npayment {receipt} of {amount} was reversed.\n\nReason: {reason}\n"
        "Your account: {balance}\n\nIf this surprises you, please call us." + _SIGNED,
    ),
    "payment_refunded": Shipped(
        sms="Dear {name}, we paid you {amount} back ({receipt}, {method}). {balance}. {company}",
        whatsapp="Dear {name}, we paid you *{amount}* back by {method}, voucher {receipt}.\n\nYour "
        "account: {balance}\n\n{company}",
        subject="{amount} paid back, voucher {receipt}",
        email="Dear {name},\n\nwe paid {amount} of your credit back to you.\n\nVoucher: {receipt}\n"
        "Paid by: {method}\nYour account: {balance}\n\nIf this surprises you, please call us."
        + _SIGNED,
    ),
    "payment_not_accepted": Shipped(
        sms="Dear {name}, we could not accept your online payment of {amount}. We send the money "
        "back to you. {balance}. Questions? Call {company_phone}. {company}",
        whatsapp="Dear {name}, we could not accept your online payment of *{amount}* ({method}). "
        "We send the money back to you.\n\nYour account: {balance}\n\nQuestions? Call "
        "{company_phone}. {company}",
        subject="Your payment of {amount} was not accepted",
        email="Dear {name},\n\nwe looked at your online payment of {amount} ({method}) and could "
        "not accept it. We send the money back to you.\n\nYour account: {balance}\n\nIf you do "
        "not know why, please call us." + _SIGNED,
    ),
    "payment_sent_back": Shipped(
        sms="Dear {name}, your online payment of {amount} went back to you ({method}). {balance}. "
        "{company}",
        whatsapp="Dear {name}, your online payment of *{amount}* went back to you ({method}). It "
        "can take some days until you see it.\n\nYour account: {balance}\n\n{company}",
        subject="{amount} went back to you",
        email="Dear {name},\n\nyour online payment of {amount} went back the way you paid "
        "({method}). It can take some days until you see it.\n\nYour account: {balance}\n\n"
        "If it does not arrive, please call us." + _SIGNED,
    ),
    "credit_note_issued": Shipped(
        sms="Dear {name}, we credited {amount} on bill {invoice} ({credit_note}). {balance}. "
        "{company}",
        whatsapp="Dear {name}, we credited *{amount}* on bill {invoice}: {reason}.\n\nCredit note: "
        "{credit_note}\nYour account: {balance}\n\n{company}",
        subject="Credit note {credit_note}: {amount}",
        email="Dear {name},\n\nwe credited {amount} on bill {invoice}.\n\nCredit note: "
        "{credit_note}\nReason: {reason}\nYour account: {balance}\n\nAll your bills: {portal_url}"
        + _SIGNED,
    ),
    "package_changed": Shipped(
        sms="Dear {name}, your service {service} has {package} now. {balance}. {company}",
        whatsapp="Dear {name}, your service {service} has *{package}* now.\n\nYour account: "
        "{balance}\nPay here: {pay_url}\n\n{company}",
        subject="Your package is {package} now",
        email="Dear {name},\n\nyour service {service} has {package} now. What was left of the old "
        "package is credited.\n\nYour account: {balance}\nPay here: {pay_url}\nThe bill and the "
        "credit note: {portal_url}" + _SIGNED,
    ),
    "package_change_approved": Shipped(
        sms="Dear {name}, your service {service} changes to {package} on {day}. {company}",
        whatsapp="Dear {name}, your service {service} changes to *{package}* on {day}. Nothing is "
        "to be paid before your next bill.\n\n{company}",
        subject="{package} from {day}",
        email="Dear {name},\n\nyour service {service} changes to {package} on {day}. Nothing is to "
        "be paid before your next bill.\n\nChanged your mind? Take it back here: {portal_url}"
        + _SIGNED,
    ),
    "pause_approved": Shipped(
        sms="Dear {name}, the pause of your service {service} is agreed: {period}. The line opens "
        "by itself afterwards. {company}",
        whatsapp="Dear {name}, the pause of your service {service} is agreed: *{period}*. The line "
        "opens by itself afterwards.\n\n{company}",
        subject="Your pause: {period}",
        email="Dear {name},\n\nthe pause of your service {service} ({package}) is agreed: "
        "{period}. The line is closed on these days and opens by itself afterwards.\n\nYour "
        "requests: {portal_url}" + _SIGNED,
    ),
    "pause_refused": Shipped(
        sms="Dear {name}, the pause of {service} is not possible: {reason}. Questions? Call "
        "{company_phone}. {company}",
        whatsapp="Dear {name}, the pause of {service} ({period}) is not possible: {reason}.\n\n"
        "Questions? Call {company_phone}. {company}",
        subject="About the pause you asked for",
        email="Dear {name},\n\nthe pause of your service {service} ({period}) is not possible."
        "\n\nReason: {reason}\n\nQuestions? Please call us." + _SIGNED,
    ),
    "package_change_rejected": Shipped(
        sms="Dear {name}, we could not change {service} to {package}: {reason}. Questions? Call "
        "{company_phone}. {company}",
        whatsapp="Dear {name}, we could not change {service} to *{package}*: {reason}.\n\n"
        "Questions? Call {company_phone}. {company}",
        subject="About your request for {package}",
        email="Dear {name},\n\nwe could not change your service {service} to {package}.\n\nReason: "
        "{reason}\n\nIf you have questions, please call us." + _SIGNED,
    ),
    "usage_warning": Shipped(
        sms="Dear {name}, {percent}% of the fair use of {service} is used: {used} of {allowance}. "
        "It begins anew on {day}. {company}",
        whatsapp="Dear {name}, *{percent}%* of the fair use of {service} is used: *{used}* of "
        "{allowance}. It begins anew on {day}.\n\nSee it day by day: {portal_url}\n\n{company}",
        subject="{used} of {allowance} used on {service}",
        email="Dear {name},\n\n{percent}% of the fair use of your line {service} ({package}) is "
        "used: {used} of {allowance}. It begins anew on {day}.\n\nSee it day by day: {portal_url}"
        + _SIGNED,
    ),
    "usage_reached": Shipped(
        sms="Dear {name}, the fair use of {service} is reached: {used} of {allowance}. "
        "It begins anew on {day}. {company}",
        whatsapp="Dear {name}, the fair use of {service} is reached: *{used}* of {allowance}. It "
        "begins anew on {day}.\n\nSee it day by day: {portal_url}\n\n{company}",
        subject="Fair use reached on {service}",
        email="Dear {name},\n\nthe fair use of your line {service} ({package}) is reached: {used} "
        "of {allowance}. It begins anew on {day}.\n\nSee it day by day: {portal_url}" + _SIGNED,
    ),
    "usage_throttled": Shipped(
        sms="Dear {name}, the fair use of {service} is reached ({used}). Until {day} the line runs "
        "at {speed}; then it is as fast as before. {company}",
        whatsapp="Dear {name}, the fair use of {service} is reached: *{used}* of {allowance}. "
        "Until {day} the line runs at *{speed}*; then it is as fast as before.\n\n"
        "See it day by day: {portal_url}\n\n{company}",
        subject="Your line {service} runs at {speed} until {day}",
        email="Dear {name},\n\nthe fair use of your line {service} ({package}) is reached: {used} "
        "of {allowance}. Until {day} it runs at {speed}; then it is as fast as before, by itself."
        "\n\nSee it day by day: {portal_url}" + _SIGNED,
    ),
    "service_suspended": Shipped(
        sms="Dear {name}, your service {service} is paused. {balance}. Pay: {pay_url} "
        "Need help? Call {company_phone}. {company}",
        whatsapp="Dear {name}, your service {service} is paused.\n\nYour account: {balance}\nPay "
        "here: {pay_url}\n\nNeed help? Call {company_phone}. {company}",
        subject="Your service {service} is paused",
        email="Dear {name},\n\nyour service {service} is paused.\n\nYour account: {balance}\nPay "
        "here: {pay_url}\n\nIf you think this is a mistake, or need more time, please call us."
        + _SIGNED,
    ),
    "service_reactivated": Shipped(
        sms="Good news, {name}: your service {service} is on again. If it does not work, restart "
        "your router or call {company_phone}. {company}",
        whatsapp="Good news, {name}: your service {service} is on again.\n\nIf it does not work, "
        "restart your router or call {company_phone}. {company}",
        subject="Your service {service} is on again",
        email="Dear {name},\n\ngood news: your service {service} is on again.\n\nIf it does not "
        "work, restart your router, or call us and we will help." + _SIGNED,
    ),
    "service_activated": Shipped(
        sms="Dear {name}, your {package} line {service} is on. Enjoy it! "
        "Help: {company_phone}. {company}",
        whatsapp="Dear {name}, your *{package}* line {service} is on. Enjoy it!\n\nHelp: "
        "{company_phone}. {company}",
        subject="Your {package} line is on",
        email="Dear {name},\n\nyour {package} line {service} is on. Enjoy it!\n\nBills, usage and "
        "help: {portal_url}" + _SIGNED,
    ),
    "prepaid_renewed": Shipped(
        sms="Thank you, {name}. Your service {service} is paid until {expires_on}. {balance}. "
        "{company}",
        whatsapp="Thank you, {name}. Your service {service} is paid until *{expires_on}*.\n\nYour "
        "account: {balance}\n\n{company}",
        subject="Your service {service} is paid until {expires_on}",
        email="Dear {name},\n\nyour service {service} ({package}) is paid until {expires_on}.\n"
        "Your account: {balance}\n\nYour bills and what is left: {portal_url}" + _SIGNED,
    ),
    "prepaid_low": Shipped(
        sms="Dear {name}, your service {service} runs until {expires_on}. Add {missing} and it "
        "goes on by itself. {pay_url} {company}",
        whatsapp="Dear {name}, your service {service} runs until *{expires_on}*.\n\nAdd "
        "*{missing}* to your account and it goes on by itself: {pay_url}\n\n{company}",
        subject="Your service {service} runs until {expires_on}",
        email="Dear {name},\n\nyour service {service} ({package}) runs until {expires_on}.\n\nAdd "
        "{missing} to your account and it goes on by itself. How to pay: {pay_url}\nYour account: "
        "{balance}" + _SIGNED,
    ),
    "prepaid_over": Shipped(
        sms="Dear {name}, the time paid for your service {service} is over. Top up and it is on "
        "again at once: {pay_url} {balance}. {company}",
        whatsapp="Dear {name}, the time paid for your service {service} is over.\n\nTop up and it "
        "is on again at once: {pay_url}\nYour account: {balance}\n\n{company}",
        subject="Time to top up your service {service}",
        email="Dear {name},\n\nthe time paid for your service {service} ({package}) is over.\n\n"
        "Top up and it is on again at once: {pay_url}\nYour account: {balance}\n\nDays without "
        "service are not charged." + _SIGNED,
    ),
    "reseller_remit": Shipped(
        sms="{company}: you hold {amount} of ours since {day}. Please remit it: {pay_url}",
        whatsapp="*{company}*: you hold *{amount}* of ours since {day}.\n\nPlease remit it: "
        "{pay_url}",
        subject="Please remit {amount}",
        email="Dear {name},\n\nyou hold {amount} of ours since {day}. Please remit it; held for "
        "twice as long, nothing more can be collected.\n\n{pay_url}" + _SIGNED,
    ),
    "reseller_paid": Shipped(
        sms="{company}: {amount} paid to you, {payout}. {pay_url}",
        whatsapp="*{company}*: *{amount}* paid to you, {payout}.\n\n{pay_url}",
        subject="{amount} paid to you, {payout}",
        email="Dear {name},\n\n{amount} was paid to you: {payout}. What it is made of: {pay_url}"
        + _SIGNED,
    ),
    "reseller_moved": Shipped(
        sms="{company}: from {day} on, {joining} customers join you, {leaving} leave. {pay_url}",
        whatsapp="*{company}*: from {day} on, {joining} customers join you and {leaving} "
        "leave.\n\n{pay_url}",
        subject="Your customers change on {day}",
        email="Dear {name},\n\nfrom {day} on, {joining} customers join you and {leaving} "
        "leave. What they pay from that day on counts for who has them.\n\n{pay_url}" + _SIGNED,
    ),
    "wallet_low": Shipped(
        sms="{company}: {amount} is left in your wallet. Top up: {pay_url}",
        whatsapp="*{company}*: {amount} is left in your wallet.\n\nTop up: {pay_url}",
        subject="{amount} is left in your wallet",
        email="Dear {name},\n\n{amount} is left in your wallet. What it does not cover is neither "
        "paid nor renewed.\n\nTop up: {pay_url}" + _SIGNED,
    ),
    "wallet_not_renewed": Shipped(
        sms="{company}: {count} not renewed from your wallet, {missing} short. Top up and it is "
        "tried again within a minute: {pay_url}",
        whatsapp="*{company}*: {count} not renewed from your wallet, *{missing}* short.\n\nTop up "
        "and it is tried again within a minute: {pay_url}",
        subject="{count} not renewed from your wallet, {missing} short",
        email="Dear {name},\n\n{count} of your customers' services could not be renewed from your "
        "wallet: {missing} short.\n\nTop up and it is tried again within a minute: {pay_url}"
        + _SIGNED,
    ),
    "price_change": Shipped(
        sms="Dear {name}, from your first bill on or after {from_date} your {package} line "
        "{service} costs {amount} instead of {old_amount}, tax included. Questions? "
        "{company_phone} {company}",
        whatsapp="Dear {name}, from your first bill on or after {from_date} your *{package}* line "
        "{service} costs *{amount}* instead of {old_amount}, tax included.\n\nQuestions? Call "
        "{company_phone}. {company}",
        subject="The price of your {package} line from {from_date}",
        email="Dear {name},\n\nfrom your first bill on or after {from_date} the price of your "
        "{package} line {service} changes.\n\nUntil now: {old_amount}\nFrom then on: {amount}\n"
        "Both with tax.\n\nIf you would like another package, or have questions, please call us."
        + _SIGNED,
    ),
    "price_change_cancelled": Shipped(
        sms="Good news, {name}: the price of your {package} line {service} stays {old_amount}. "
        "The change told for {from_date} is called off. {company}",
        whatsapp="Good news, {name}: the price of your *{package}* line {service} stays "
        "*{old_amount}*. The change told for {from_date} is called off.\n\n{company}",
        subject="The price of your {package} line stays as it is",
        email="Dear {name},\n\ngood news: the price of your {package} line {service} stays "
        "{old_amount}. The change we told you of for {from_date} is called off." + _SIGNED,
    ),
    "one_time_code": Shipped(
        sms="{code} is your {company} code, valid for {minutes} minutes. "
        "Give it to nobody, not even to us.",
        whatsapp="*{code}* is your {company} code, valid for {minutes} minutes. Give it to "
        "nobody, not even to us.",
        subject="Your {company} code",
        email="Your code is {code}. It is valid for {minutes} minutes.\n\nGive it to nobody, not "
        "even to us. If you did not ask for it, you need not do anything." + _SIGNED,
    ),
    "password_reset": Shipped(
        sms="{code} is your code for a new {company} password, valid for {minutes} minutes. "
        "Not you? Then ignore this.",
        whatsapp="*{code}* is your code for a new {company} password, valid for {minutes} "
        "minutes. Not you? Then ignore this, nothing will change.",
        subject="Your code for a new password",
        email="Your code for a new password is {code}. It is valid for {minutes} minutes.\n\nIf "
        "you did not ask for it, ignore this message: nothing will change." + _SIGNED,
    ),
    "contact_code": Shipped(
        sms="{code} is your code to use this number at {company}, valid for {minutes} minutes. "
        "Give it to nobody.",
        whatsapp="*{code}* is your code to use this number at {company}, valid for {minutes} "
        "minutes. Give it to nobody.",
        subject="Your code to use this address at {company}",
        email="Hello {name},\n\nyour code is {code}. It is valid for {minutes} minutes.\n\nGive it "
        "to nobody. If you did not ask for it, you need not do anything." + _SIGNED,
    ),
    "contact_changed": Shipped(
        sms="{company}: messages for {number} go to {contact} from now on. Was this not you? Call "
        "{company_phone}.",
        whatsapp="*{company}*: messages for {number} go to {contact} from now on.\n\nWas this not "
        "you? Call {company_phone}.",
        subject="Your contact was changed",
        email="Dear {name},\n\nmessages for {number} go to {contact} from now on.\n\nWas this not "
        "you? Call us at once: {company_phone}." + _SIGNED,
    ),
    "signup_code": Shipped(
        sms="{code} is your code to order from {company}, valid for {minutes} minutes. "
        "Give it to nobody.",
        whatsapp="*{code}* is your code to order from {company}, valid for {minutes} minutes. "
        "Give it to nobody.",
        subject="Your code to order from {company}",
        email="Your code is {code}. It is valid for {minutes} minutes.\n\nGive it to nobody. If "
        "you did not ask for it, you need not do anything." + _SIGNED,
    ),
    "order_received": Shipped(
        sms="Dear {name}, we have your order {order} ({package}). Where it stands: {order_url} "
        "{company}",
        whatsapp="Dear {name}, we have your order *{order}* ({package}).\n\nWhere it stands: "
        "{order_url}\n\n{company}",
        subject="Your order {order}",
        email="Dear {name},\n\nwe have your order {order} for {package} and will call you about "
        "the installation.\n\nWhere it stands: {order_url}" + _SIGNED,
    ),
    "order_waiting": Shipped(
        sms="Dear {name}, we do not serve your place yet. {order} is on our waiting list: "
        "{order_url} {company}",
        whatsapp="Dear {name}, we do not serve your place yet. *{order}* is on our waiting list; "
        "we write when we come.\n\n{order_url}\n\n{company}",
        subject="{order} is on our waiting list",
        email="Dear {name},\n\nwe do not serve your place yet. Your order {order} for {package} "
        "is on our waiting list; we write when we come.\n\n{order_url}" + _SIGNED,
    ),
    "order_invited": Shipped(
        sms="Dear {name}, we serve your place now. Confirm your order {order} here: {order_url} "
        "{company}",
        whatsapp="Dear {name}, we serve your place now. Confirm your order *{order}* here: "
        "{order_url}\n\n{company}",
        subject="We serve your place now",
        email="Dear {name},\n\nwe serve your place now. Confirm your order {order} for "
        "{package} here: {order_url}" + _SIGNED,
    ),
    "order_closed": Shipped(
        sms="Dear {name}, your order {order} is closed: {reason} Questions? {company_phone} "
        "{company}",
        whatsapp="Dear {name}, your order *{order}* is closed: {reason}\n\nQuestions? "
        "{company_phone}\n\n{company}",
        subject="Your order {order} is closed",
        email="Dear {name},\n\nyour order {order} for {package} is closed: {reason}\n\nPlease "
        "call us if you have questions." + _SIGNED,
    ),
    "access_link": Shipped(
        sms="Dear {name}, choose your {company} password here within a day: {link} "
        "The link works once.",
        whatsapp="Dear {name}, choose your {company} password here within a day: {link}\n\nThe "
        "link works once. Give it to nobody.",
        subject="Choose your {company} password",
        email="Dear {name},\n\nchoose your password here within a day:\n{link}\n\nThe link works "
        "once. Give it to nobody, not even to us." + _SIGNED,
    ),
    "outage_opened": Shipped(
        sms="{subject}. {text} Expected back: {expected}. {status_url} {company}",
        whatsapp="Dear {name}, *{subject}*. {text}\n\nExpected back: *{expected}*\n"
        "News: {status_url}\n\n{company}",
        subject="{subject}",
        email="Dear {name},\n\n{text}\n\nExpected back: {expected}\nNews: {status_url}\n\n"
        "You need not call us; we tell you when it works again." + _SIGNED,
    ),
    "outage_update": Shipped(
        sms="{subject}: {text} Expected back: {expected}. {company}",
        whatsapp="*{subject}*: {text}\n\nExpected back: *{expected}*\nNews: {status_url}\n\n"
        "{company}",
        subject="News: {subject}",
        email="Dear {name},\n\n{text}\n\nExpected back: {expected}\nNews: {status_url}" + _SIGNED,
    ),
    "outage_cleared": Shipped(
        sms="{subject}: it works again. {text} Restart your router if not. {company}",
        whatsapp="*{subject}*: it works again. {text}\n\nIf yours does not, please restart your "
        "router, then call {company_phone}.\n\n{company}",
        subject="Over: {subject}",
        email="Dear {name},\n\nit works again. {text}\n\nIf yours does not, please restart your "
        "router, then call {company_phone}." + _SIGNED,
    ),
    "maintenance_planned": Shipped(
        sms="{subject}: {begins} to {expected}. {text} {company}",
        whatsapp="Dear {name}, *{subject}*: {begins} to {expected}.\n\n{text}\n\n"
        "News: {status_url}\n\n{company}",
        subject="{subject}: {begins}",
        email="Dear {name},\n\nwe work on the network from {begins} to {expected}.\n\n{text}\n\n"
        "News: {status_url}" + _SIGNED,
    ),
    "job_planned": Shipped(
        sms="Dear {name}, our technician {technician} comes on {visit_day}, {window}. "
        "Details: {job_url} {company}",
        whatsapp="Dear {name}, our technician *{technician}* comes on *{visit_day}*, {window}."
        "\n\nDetails: {job_url}\n\n{company}",
        subject="Technician's visit on {visit_day}, {window}",
        email="Dear {name},\n\nour technician {technician} comes to you on {visit_day} between "
        "{window} (job {job}).\n\nWhere it stands: {job_url}\n\nIf that does not suit you, "
        "please call us." + _SIGNED,
    ),
    "job_on_the_way": Shipped(
        sms="Dear {name}, {technician} is on the way to you now. Follow here: {job_url} {company}",
        whatsapp="Dear {name}, *{technician}* is on the way to you now.\n\nFollow here: {job_url}"
        "\n\n{company}",
        subject="{technician} is on the way to you",
        email="Dear {name},\n\n{technician} is on the way to you now (job {job}).\n\n"
        "Follow here: {job_url}" + _SIGNED,
    ),
    "welcome": Shipped(
        sms="Welcome to {company}, {name}! Your customer number is {number}. "
        "Bills and help: {portal_url} or {company_phone}",
        whatsapp="Welcome to {company}, {name}! Your customer number is *{number}*.\n\nBills, "
        "payments and help: {portal_url} or {company_phone}",
        subject="Welcome to {company}",
        email="Dear {name},\n\nwelcome! Your customer number is {number}.\n\nBills, payments and "
        "help: {portal_url}\nSign in with your phone number." + _SIGNED,
    ),
    "mandate_to_sign": Shipped(
        sms="Dear {name}, please approve the debit order from {account}: {sign_url} {company}",
        whatsapp="Dear {name}, please approve the debit order from *{account}*:\n\n{sign_url}\n\n"
        "{company}",
        subject="Please approve your debit order",
        email="Dear {name},\n\nyou asked us to collect your bills from {account}. Please approve "
        "it here:\n\n{sign_url}\n\nNothing is collected before you have." + _SIGNED,
    ),
    "mandate_active": Shipped(
        sms="Dear {name}, your debit order from {account} is active. We tell you before each "
        "collection. {company}",
        whatsapp="Dear {name}, your debit order from *{account}* is active. We tell you before "
        "each collection. {company}",
        subject="Your debit order is active",
        email="Dear {name},\n\nyour debit order from {account} is active. We collect your bills "
        "when they are due and tell you before each collection.\n\nYou can end it at any time: "
        "{portal_url}" + _SIGNED,
    ),
    "mandate_failed": Shipped(
        sms="Dear {name}, the debit order from {account} is not possible: {reason}. Please check "
        "the details: {portal_url} {company}",
        whatsapp="Dear {name}, the debit order from *{account}* is not possible: {reason}.\n\n"
        "Please check the details: {portal_url}\n\n{company}",
        subject="Your debit order is not possible yet",
        email="Dear {name},\n\nthe debit order from {account} is not possible: {reason}.\n\n"
        "Please check the details and ask again: {portal_url}" + _SIGNED,
    ),
    "debit_order_planned": Shipped(
        sms="Dear {name}, we collect {amount} from {account} on {day}. Please have it there. "
        "{company}",
        whatsapp="Dear {name}, we collect *{amount}* from {account} on *{day}*. Please have it "
        "there. {company}",
        subject="{amount} will be collected on {day}",
        email="Dear {name},\n\nwe collect {amount} from {account} on {day}. Please make sure that "
        "the money is there.\n\nYour bills: {portal_url}" + _SIGNED,
    ),
    "debit_order_failed": Shipped(
        sms="Dear {name}, {amount} could not be collected from {account}: {reason} ({failures} of "
        "{most}). We try again soon. Or pay now: {pay_url} {company}",
        whatsapp="Dear {name}, *{amount}* could not be collected from {account}: {reason} "
        "({failures} of {most} failed debits).\n\nWe try again soon and tell you the day. Or pay "
        "now: {pay_url}\n\n{company}",
        subject="{amount} could not be collected",
        email="Dear {name},\n\n{amount} could not be collected from {account}: {reason}.\n\nThis "
        "was failed debit {failures} of {most}; then the debit order ends. We try again soon and "
        "tell you the day.\n\nOr pay now: {pay_url}" + _SIGNED,
    ),
    "debit_order_stopped": Shipped(
        sms="Dear {name}, {amount} could not be collected from {account}: {reason}. We do not try "
        "again. Please pay: {pay_url} {company}",
        whatsapp="Dear {name}, *{amount}* could not be collected from {account}: {reason}.\n\nWe "
        "do not try again, the debit order has stopped. Please pay here: {pay_url}\n\nA new debit "
        "order: {portal_url}\n\n{company}",
        subject="{amount} could not be collected, your debit order has stopped",
        email="Dear {name},\n\n{amount} could not be collected from {account}: {reason}.\n\nWe do "
        "not try again, the debit order has stopped. Please pay here: {pay_url}\n\nYou can set up "
        "a new debit order at any time: {portal_url}" + _SIGNED,
    ),
    "job_failed": Shipped(
        sms="{company}: the job {subject} failed and is not tried again. {reason}",
        whatsapp="*{company}*: the job *{subject}* failed and is not tried again.\n\n{text}\n\n"
        "{reason}",
        subject="The job {subject} failed",
        email="Dear {name},\n\nthe job {subject} failed and is not tried again by itself.\n\nWhat "
        "it does: {text}\nWhat happened: {reason}\n\nPlease look at it under System, Job runs, and "
        "run it again there." + _SIGNED,
    ),
    "mail_answered": Shipped(
        sms="{company}: we have answered your e-mail.",
        whatsapp="*{company}*: we have answered your e-mail:\n\n{text}",
        subject="Re: {subject}",
        email="Hello {name},\n\n{text}" + _SIGNED,
    ),
    "mail_too_large": Shipped(
        sms="{company}: your e-mail was too large. Please send it with smaller files.",
        whatsapp="*{company}*: your e-mail was too large. Please send it with smaller files.",
        subject="Your e-mail was too large: {subject}",
        email="Hello,\n\nyour e-mail “{subject}” was larger than 25 MB and could not be taken. "
        "Please send it again with smaller files, or call us: {company_phone}." + _SIGNED,
    ),
    "message_budget": Shipped(
        sms="{company}: {percent}% of the month's budget for messages is used: {amount} of "
        "{budget}.",
        whatsapp="*{company}*: {percent}% of the month's budget for messages is used: {amount} of "
        "{budget}.",
        subject="{percent}% of the budget for messages is used",
        email="Dear {name},\n\nmessages have cost {amount} this month: {percent}% of the budget of "
        "{budget} is used.\n\nAt 100% offers and surveys wait until the month is over or the "
        "budget is raised; bills, receipts and codes go on. Messages, Costs shows what was sent."
        + _SIGNED,
    ),
    "alarm": Shipped(
        sms="{company}: {subject} ({reason}). {text}",
        whatsapp="*{company}*: *{subject}* ({reason})\n\n{text}",
        subject="{subject} ({reason})",
        email="Dear {name},\n\n{subject}: {reason}.\n\n{text}\n\nSystem, Health shows it; take it "
        "on there, and it stays silent for as long as you say." + _SIGNED,
    ),
    "alarm_over": Shipped(
        sms="{company}: {subject}: well again after {reason}.",
        whatsapp="*{company}*: *{subject}*: well again after {reason}.",
        subject="{subject}: well again after {reason}",
        email="Dear {name},\n\n{subject}: well again after {reason}." + _SIGNED,
    ),
    "alarm_digest": Shipped(
        sms="{company}: more than ten alarms within the hour, {count} open. See System, Health.",
        whatsapp="*{company}*: more than ten alarms within the hour, *{count}* open now. See "
        "System, Health.",
        subject="{count} alarms are open",
        email="Dear {name},\n\nmore than ten alarms within the hour; {count} are open now. The "
        "others of this hour are not sent one by one: please look at System, Health." + _SIGNED,
    ),
    "weekly_brief": Shipped(
        sms="{company}, {period}:\n{text}",
        whatsapp="*{company}*, {period}:\n{text}",
        subject="The week in figures: {period}",
        email="Dear {name},\n\nthe week {period} in figures:\n\n{text}\n\n"
        "Every figure of the week as PDF: {report_url}\n"
        "Each is explained, with its rows, on the first page and under Insight." + _SIGNED,
    ),
    "report_ready": Shipped(
        sms="{company}: {subject}, {period}: {report_url}",
        whatsapp="*{company}*: {subject}, {period}: {report_url}",
        subject="{subject}: {period}",
        email="Dear {name},\n\nthe report {subject} of {period} is ready. Sign in to open it:"
        "\n\n{report_url}" + _SIGNED,
    ),
    "codes_used_up": Shipped(
        sms="{company}: {count} sign-in codes were asked for within an hour, all there may be. "
        "Nobody gets another until it is over.",
        whatsapp="*{company}*: {count} sign-in codes were asked for within an hour, all there may "
        "be. Nobody gets another until it is over.",
        subject="All sign-in codes of this hour are sent",
        email="Dear {name},\n\n{count} sign-in codes were asked for within an hour, all that are "
        "sent in one. Until it is over nobody gets another; passwords sign in as ever.\n\nPlease "
        "look whether somebody asks for codes of other people's numbers: Messages, Outbox."
        + _SIGNED,
    ),
    "staff_message": Shipped(
        sms="{text} {company}",
        whatsapp="{text}\n\n{company}",
        subject="{subject}",
        email="Dear {name},\n\n{text}" + _SIGNED,
    ),
    "offer": Shipped(
        sms="{text} {company} Stop offers: {stop_url}",
        whatsapp="{text}\n\n{company}\nStop offers: {stop_url}",
        subject="{subject}",
        email="Dear {name},\n\n{text}\n\nNo more offers: {stop_url}" + _SIGNED,
    ),
    "ticket_received": Shipped(
        sms="Dear {name}, we have your ticket {ticket} and look into it. Follow it: {ticket_url} "
        "{company}",
        whatsapp="Dear {name}, we have your ticket *{ticket}* ({subject}) and look into it."
        "\n\nFollow it here: {ticket_url}\n\n{company}",
        subject="[{ticket}] {subject}",
        email="Dear {name},\n\nwe have your ticket {ticket} and look into it.\n\nAbout: "
        "{subject}\nFollow it and add to it here: {ticket_url}" + _SIGNED,
    ),
    "ticket_replied": Shipped(
        sms="Dear {name}, we have answered your ticket {ticket}. Read it and reply: {ticket_url} "
        "{company}",
        whatsapp="Dear {name}, about your ticket *{ticket}*:\n\n{text}\n\nReply here: {ticket_url}"
        "\n\n{company}",
        subject="[{ticket}] {subject}",
        email="Dear {name},\n\n{text}\n\nReply here: {ticket_url}" + _SIGNED,
    ),
    "ticket_waiting": Shipped(
        sms="Dear {name}, we still need a word from you about {ticket}: {ticket_url} "
        "Does it work again? Tell us there. {company}",
        whatsapp="Dear {name}, we still need a word from you about *{ticket}* ({subject})."
        "\n\nAnswer here: {ticket_url}\n\nDoes it work again? Tell us there. {company}",
        subject="[{ticket}] we wait for your answer",
        email="Dear {name},\n\nwe still need a word from you about {ticket} ({subject}), so that "
        "we can go on.\n\nAnswer here: {ticket_url}\n\nIf it works again, please tell us there. "
        "Without a word we take it as solved in four days." + _SIGNED,
    ),
    "ticket_resolved": Shipped(
        sms="Dear {name}, your ticket {ticket} is solved. Not right yet? Write within 7 days: "
        "{ticket_url} {company}",
        whatsapp="Dear {name}, your ticket *{ticket}* is solved:\n\n{text}\n\nNot right yet? Write "
        "within seven days: {ticket_url}\n\n{company}",
        subject="{ticket} is solved",
        email="Dear {name},\n\nyour ticket {ticket} ({subject}) is solved.\n\n{text}\n\nNot right "
        "yet? Write to us within seven days, and we go on: {ticket_url}" + _SIGNED,
    ),
    "contract_to_sign": Shipped(
        sms="Dear {name}, please read and sign your contract {contract}: {sign_url} {company}",
        whatsapp="Dear {name}, please read and sign your contract {contract}: {sign_url}"
        "\n\n{company}",
        subject="Your contract {contract}",
        email="Dear {name},\n\nplease read and sign your contract {contract}: {sign_url}" + _SIGNED,
    ),
    "contract_reminder": Shipped(
        sms="Dear {name}, your contract {contract} still waits for your signature: "
        "{sign_url} {company}",
        whatsapp="Dear {name}, your contract {contract} still waits for your signature: {sign_url}"
        "\n\n{company}",
        subject="Contract {contract} waits",
        email="Dear {name},\n\nyour contract {contract} still waits for your signature: {sign_url}"
        + _SIGNED,
    ),
    "contract_code": Shipped(
        sms="Dear {name}, {code} is your code to sign {contract} (document "
        "{digest}). Tell it to nobody. {company}",
        whatsapp="Dear {name}, {code} is your code to sign {contract} (document "
        "{digest}). Tell it to nobody."
        "\n\n{company}",
        subject="Code for {contract}",
        email="Dear {name},\n\n{code} is your code to sign {contract} (document "
        "{digest}). Tell it to nobody." + _SIGNED,
    ),
    "contract_signed": Shipped(
        sms="Dear {name}, contract {contract} is signed. Check or fetch it: {verify_url} {company}",
        whatsapp="Dear {name}, contract {contract} is signed. Check or fetch it: {verify_url}"
        "\n\n{company}",
        subject="Contract {contract} is signed",
        email="Dear {name},\n\ncontract {contract} is signed. Check or fetch it: {verify_url}"
        + _SIGNED,
    ),
    "contract_expiring": Shipped(
        sms="Dear {name}, the term of contract {contract} is over on {last_day}. "
        "After it: {renewal}. {company}",
        whatsapp="Dear {name}, the term of contract {contract} is over on "
        "{last_day}. After it: {renewal}."
        "\n\n{company}",
        subject="Contract {contract} until {last_day}",
        email="Dear {name},\n\nthe term of contract {contract} is over on "
        "{last_day}. After it: {renewal}." + _SIGNED,
    ),
    "contract_renewed": Shipped(
        sms="Dear {name}, contract {contract} goes on, now until {last_day}. {company}",
        whatsapp="Dear {name}, contract {contract} goes on, now until {last_day}.\n\n{company}",
        subject="Contract {contract} goes on",
        email="Dear {name},\n\ncontract {contract} goes on, now until {last_day}." + _SIGNED,
    ),
    "contract_ended": Shipped(
        sms="Dear {name}, contract {contract} has ended. {company}",
        whatsapp="Dear {name}, contract {contract} has ended.\n\n{company}",
        subject="Contract {contract} has ended",
        email="Dear {name},\n\ncontract {contract} has ended." + _SIGNED,
    ),
    "ticket_merged": Shipped(
        sms="Dear {name}, your ticket {ticket} is answered together with {text}: {ticket_url} "
        "{company}",
        whatsapp="Dear {name}, your ticket *{ticket}* is answered together with *{text}*."
        "\n\n{ticket_url}\n\n{company}",
        subject="{ticket} is answered together with {text}",
        email="Dear {name},\n\nyou have written to us twice about the same thing. We answer "
        "{ticket} together with {text}, so that nothing gets lost.\n\n{ticket_url}" + _SIGNED,
    ),
    "ticket_survey": Shipped(
        sms="Dear {name}, how was our help with {ticket}? One tap: {survey_url} {company} "
        "No more questions: {quiet_url}",
        whatsapp="Dear {name}, how was our help with *{ticket}* ({subject})?\n\nOne tap is enough: "
        "{survey_url}\n\nThank you. {company}\nNo more questions: {quiet_url}",
        subject="How was our help with {ticket}?",
        email="Dear {name},\n\nwe would like to know how you found our help with {ticket} "
        "({subject}). One tap is enough, and no sign-in is needed:\n\n{survey_url}\n\nThe link is "
        "good for fourteen days. Thank you.\n\nTo be asked nothing any more: {quiet_url}" + _SIGNED,
    ),
    "opinion_survey": Shipped(
        sms="Dear {name}, would you recommend us to friends? One tap: {survey_url} {company} "
        "No more questions: {quiet_url}",
        whatsapp="Dear {name}, would you recommend us to friends? From 0 to 10, one tap is enough: "
        "{survey_url}\n\nThank you. {company}\nNo more questions: {quiet_url}",
        subject="Would you recommend us?",
        email="Dear {name},\n\nhow likely is it that you recommend us to friends, from 0 to 10? "
        "One tap is enough, and no sign-in is needed:\n\n{survey_url}\n\nThe link is good for "
        "fourteen days. Thank you.\n\nTo be asked nothing any more: {quiet_url}" + _SIGNED,
    ),
    "sla_report": Shipped(
        sms="{company}, {subject}:\n{text}",
        whatsapp="*{company}*, {subject}:\n{text}",
        subject="How our promises were kept: {subject}",
        email="Dear {name},\n\nhow our promises about tickets were kept in {subject}:\n\n{text}"
        "\n\nThe whole report as PDF: {report_url}" + _SIGNED,
    ),
    "sla_low": Shipped(
        sms="{company}: only {percent} % of this month's promises are kept ({count}). {report_url}",
        whatsapp="*{company}*: only {percent} % of this month's promises are kept ({count})."
        "\n\n{report_url}",
        subject="Only {percent} % of promises are kept",
        email="Dear {name},\n\nof this month's promises about tickets only {percent} % are kept so "
        "far ({count}). Which were broken, and whose: {report_url}" + _SIGNED,
    ),
    "ticket_late": Shipped(
        sms="{ticket} ({subject}) is late. {ticket_url}",
        whatsapp="*{ticket}* of {text} is late: {subject}\n\n{ticket_url}",
        subject="Late: {ticket} {subject}",
        email="Dear {name},\n\nthe time we promised for {ticket} of {text} is over.\n\nAbout: "
        "{subject}\n{ticket_url}" + _SIGNED,
    ),
    "bell": Shipped(
        sms="{text}: {subject}. {page_url}",
        whatsapp="*{text}*: {subject}\n\n{page_url}",
        subject="{text}: {subject}",
        email="Dear {name},\n\n{text}: {subject}\n{page_url}" + _SIGNED,
    ),
    "router_down": Shipped(
        sms="{router} does not answer. {page_url}",
        whatsapp="*{router}* does not answer.\n\n{page_url}",
        subject="{router} does not answer",
        email="Dear {name},\n\nthe router {router} does not answer.\n{page_url}" + _SIGNED,
    ),
    "bell_many": Shipped(
        sms="More than {count} of a kind within five minutes. See the inbox.",
        whatsapp="More than {count} of a kind within five minutes. See the inbox.",
        subject="More than {count} of a kind within five minutes",
        email="Dear {name},\n\nmore than {count} of a kind happened within five minutes. See the "
        "inbox." + _SIGNED,
    ),
    "approval_asked": Shipped(
        sms="{amount}: {reason}. {page_url}",
        whatsapp="Your approval is asked for *{amount}*: {reason}\n\n{page_url}",
        subject="Your approval is asked for: {amount}",
        email="Dear {name},\n\nyour approval is asked for {amount}: {reason}\n{page_url}" + _SIGNED,
    ),
}
