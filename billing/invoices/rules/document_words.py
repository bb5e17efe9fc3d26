"""The fixed words of our printed documents in both languages.

Documents carry the customer's language first and the other one small beside it, so these words
are a table of pairs and not translations of the reader's screen.
"""

_WORDS: dict[str, tuple[str, str]] = {
    "invoice": ("Invoice", "চালান"),
    "tax_invoice": ("Tax invoice", "কর চালান"),
    "credit_note": ("Credit note", "ক্রেডিট নোট"),
    "write_off": ("Write-off", "অবলোপন"),
    "why_changed": ("Why your bill changed", "বিল কেন বদলেছে"),
    "given_back": ("Given back", "ফেরত"),
    "next_bill": ("Next bill", "পরের বিল"),
    "corrects": ("For", "যে চালানের"),
    "credit_to": ("Credit to", "গ্রাহক"),
    "customer": ("Customer", "গ্রাহক"),
    "amount_credited": ("Amount credited", "ক্রেডিট"),
    "refund": ("Refund", "অর্থ ফেরত"),
    "deposit_taken": ("Deposit received", "জামানত গৃহীত"),
    "deposit_applied": ("Deposit used for bills", "বিলে জামানত সমন্বয়"),
    "deposit_put_back": ("Deposit put back", "জামানত পুনর্বহাল"),
    "deposit_returned": ("Deposit paid back", "জামানত ফেরত"),
    "receipt": ("Receipt", "রসিদ"),
    "statement": ("Statement", "হিসাব বিবরণী"),
    "number": ("Number", "নম্বর"),
    "issued": ("Issued", "ইস্যুর তারিখ"),
    "period": ("Period", "সময়কাল"),
    "tax_number": ("BIN / VAT no.", "বিআইএন / ভ্যাট নং"),
    "bill_to": ("Bill to", "গ্রাহক"),
    "customer_number": ("Customer no.", "গ্রাহক নং"),
    "phone": ("Phone", "ফোন"),
    "amount_due": ("Amount due", "বকেয়া"),
    "due_date": ("Due by", "পরিশোধের শেষ তারিখ"),
    "paid": ("PAID", "পরিশোধিত"),
    "credited_whole": ("CREDITED", "ক্রেডিট করা হয়েছে"),
    "void": ("VOID", "বাতিল"),
    "void_reason": ("Reason", "কারণ"),
    "description": ("Description", "বিবরণ"),
    "quantity": ("Qty", "পরিমাণ"),
    "unit_price": ("Price", "দর"),
    "discount": ("Discount", "ছাড়"),
    "amount": ("Amount", "টাকা"),
    "subtotal": ("Subtotal", "উপমোট"),
    "on": ("on", "এর উপর"),
    "total": ("Total", "মোট"),
    "paid_to_date": ("Paid to date", "এ পর্যন্ত পরিশোধিত"),
    "credited": ("Credits applied", "সমন্বয়"),
    "in_words": ("In words", "কথায়"),
    "how_to_pay": ("How to pay", "পরিশোধের উপায়"),
    "online": ("Online", "অনলাইনে"),
    "bank": ("Bank or mobile money", "ব্যাংক বা মোবাইল ব্যাংকিং"),
    "office": ("At our office", "আমাদের অফিসে"),
    "reference": ("Reference to give", "রেফারেন্স"),
    "computer_made": (
        "Made by computer, valid without a signature",
        "কম্পিউটারে প্রস্তুত, স্বাক্ষর ছাড়াই বৈধ",
    ),
    "page": ("Page", "পৃষ্ঠা"),
    "of": ("of", "/"),
    "received": ("Received", "গৃহীত"),
    "received_from": ("Received from", "প্রদানকারী"),
    "method": ("Paid by", "মাধ্যম"),
    "for_invoices": ("For", "যার বিপরীতে"),
    "as_credit": ("Kept as credit", "জমা রইল"),
    "reversed": ("REVERSED", "প্রত্যাহৃত"),
    "balance_after": ("Balance now", "বর্তমান অবস্থা"),
    "opening": ("Opening balance", "প্রারম্ভিক জের"),
    "closing": ("Closing balance", "সমাপনী জের"),
    "date": ("Date", "তারিখ"),
    "debit": ("Charged", "বিল"),
    "credit": ("Paid", "পরিশোধ"),
    "balance": ("Balance", "জের"),
    "aging": ("Overdue by age", "মেয়াদোত্তীর্ণ বকেয়া"),
    "not_due": ("Not due yet", "এখনো সময় আছে"),
    "check_receipt": ("Scan to check this receipt", "রসিদ যাচাই করতে স্ক্যান করুন"),
    "thank_you": ("Thank you", "ধন্যবাদ"),
    "nothing": ("No movements in these days", "এই সময়ে কোনো লেনদেন নেই"),
    "days": ("days", "দিন"),
    "helpline": ("Help", "সহায়তা"),
    "served_by": ("Your local partner:", "আপনার এলাকার সহযোগী:"),
    "ENTRY_INVOICE": ("Invoice", "চালান"),
    "ENTRY_PAYMENT": ("Payment", "পরিশোধ"),
    "ENTRY_REVERSAL": ("Reversed", "প্রত্যাহার"),
    "ENTRY_CREDIT_NOTE": ("Credit note", "ক্রেডিট নোট"),
    "ENTRY_WRITE_OFF": ("Written off", "অবলোপন"),
    "ENTRY_REFUND": ("Refund", "অর্থ ফেরত"),
    "ENTRY_OPENING": ("Opening balance", "প্রারম্ভিক জের"),
    "ENTRY_OTHER": ("Adjustment", "সমন্বয়"),
}


def words(language: str) -> dict[str, tuple[str, str]]:
    """Return every word as (leading, second) for a document led by `language` (`en` or `bn`)."""
    return {
        key: (bangla, english) if language == "bn" else (english, bangla)
        for key, (english, bangla) in _WORDS.items()
    }


def pauses_after(day: str, language: str) -> str:
    """Say when the line is cut if nothing is paid; `day` is written in `language`."""
    if language == "bn":
        return f"পরিশোধ না হলে {day} এর পরে ইন্টারনেট বন্ধ হবে।"
    return f"Internet pauses after {day} if unpaid."
