"""The Bangla texts that come with the product."""

from ispbill.notifications.rules.shipped import Shipped

_SIGNED = "\n\nশুভেচ্ছান্তে\n{company}\n{company_phone}"

TEXTS: dict[str, Shipped] = {
    "invoice_issued": Shipped(
        sms="প্রিয় {name}, আপনার বিল {invoice} তৈরি হয়েছে: {amount}। {due_date} তারিখের মধ্যে "
        "পরিশোধ করুন: {pay_url} {company}",
        whatsapp="প্রিয় {name}, আপনার বিল *{invoice}* তৈরি হয়েছে: *{amount}*। {due_date} তারিখের "
        "মধ্যে পরিশোধ করুন।\n\nবিল দিন এখানে: {pay_url}\n\n{company}",
        subject="আপনার বিল {invoice}: {amount}, শেষ তারিখ {due_date}",
        email="প্রিয় {name},\n\nআপনার বিল {invoice} তৈরি হয়েছে।\n\nমেয়াদ: {period}\nপরিমাণ: "
        "{amount}\nশেষ তারিখ: {due_date}\n\nবিল দিন এখানে: {pay_url}\nআপনার সব বিল: "
        "{portal_url}\n\nকিছু ভুল মনে হলে ফোন করুন, আমরা একসঙ্গে দেখে নেব।" + _SIGNED,
    ),
    "payment_reminder": Shipped(
        sms="প্রিয় {name}, মনে করিয়ে দিচ্ছি: বিল {invoice} বাবদ {amount} পরিশোধের শেষ তারিখ "
        "{due_date}। বিল দিন: {pay_url} {company}",
        whatsapp="প্রিয় {name}, মনে করিয়ে দিচ্ছি: বিল {invoice} বাবদ *{amount}* পরিশোধের শেষ তারিখ "
        "{due_date}।\n\nবিল দিন এখানে: {pay_url}\n\nইতিমধ্যে দিয়ে থাকলে ধন্যবাদ। {company}",
        subject="মনে করিয়ে দিচ্ছি: {amount}, শেষ তারিখ {due_date}",
        email="প্রিয় {name},\n\nমনে করিয়ে দিচ্ছি: বিল {invoice} বাবদ {amount} পরিশোধের শেষ তারিখ "
        "{due_date}।\n\nবিল দিন এখানে: {pay_url}\n\nইতিমধ্যে দিয়ে থাকলে ধন্যবাদ, এই বার্তাটি "
        "উপেক্ষা করুন।" + _SIGNED,
    ),
    "payment_due_today": Shipped(
        sms="প্রিয় {name}, বিল {invoice} বাবদ {amount} পরিশোধের শেষ দিন আজ। বিল দিন: {pay_url} "
        "দিয়ে থাকলে ধন্যবাদ। {company}",
        whatsapp="প্রিয় {name}, বিল {invoice} বাবদ *{amount}* পরিশোধের শেষ দিন আজ।\n\nবিল দিন "
        "এখানে: {pay_url}\n\nইতিমধ্যে দিয়ে থাকলে ধন্যবাদ। {company}",
        subject="আজ শেষ দিন: বিল {invoice}, {amount}",
        email="প্রিয় {name},\n\nবিল {invoice} বাবদ {amount} পরিশোধের শেষ দিন আজ।\n\nবিল দিন এখানে: "
        "{pay_url}\n\nইতিমধ্যে দিয়ে থাকলে ধন্যবাদ, এই বার্তাটি উপেক্ষা করুন।" + _SIGNED,
    ),
    "payment_overdue": Shipped(
        sms="প্রিয় {name}, বিল {invoice} বাবদ {amount} পরিশোধের শেষ তারিখ ছিল {due_date}। সংযোগ "
        "চালু রাখতে দ্রুত বিল দিন: {pay_url} সময় দরকার? ফোন: {company_phone}। {company}",
        whatsapp="প্রিয় {name}, বিল {invoice} বাবদ *{amount}* পরিশোধের শেষ তারিখ ছিল {due_date}। "
        "সংযোগ চালু রাখতে দ্রুত বিল দিন।\n\nবিল দিন এখানে: {pay_url}\n\nসময় দরকার হলে ফোন করুন: "
        "{company_phone}, একটা উপায় বের করব। {company}",
        subject="বিল {invoice} বকেয়া: {amount}",
        email="প্রিয় {name},\n\nবিল {invoice} বাবদ {amount} পরিশোধের শেষ তারিখ ছিল {due_date}। সংযোগ "
        "চালু রাখতে দ্রুত বিল দিন।\n\nবিল দিন এখানে: {pay_url}\n\nসময় দরকার হলে ফোন করুন, আমরা "
        "একসঙ্গে একটা উপায় বের করব।" + _SIGNED,
    ),
    "suspension_notice": Shipped(
        sms="প্রিয় {name}, বিল {invoice} বাবদ {amount} বকেয়া। না দিলে {suspend_date} তারিখে সংযোগ "
        "স্থগিত হবে। বিল দিন: {pay_url} সময় দরকার? ফোন: {company_phone}। {company}",
        whatsapp="প্রিয় {name}, বিল {invoice} বাবদ *{amount}* বকেয়া। না দিলে *{suspend_date}* "
        "তারিখে সংযোগ স্থগিত হবে।\n\nবিল দিন এখানে: {pay_url}\n\nসময় দরকার হলে ফোন করুন: "
        "{company_phone}, একটা উপায় বের করব। {company}",
        subject="{amount} না দিলে {suspend_date} তারিখে সংযোগ স্থগিত হবে",
        email="প্রিয় {name},\n\nবিল {invoice} বাবদ {amount} বকেয়া, শেষ তারিখ ছিল {due_date}। না "
        "দিলে {suspend_date} তারিখে সংযোগ স্থগিত হবে।\n\nবিল দিন এখানে: {pay_url}\n\nসময় দরকার "
        "হলে তার আগেই ফোন করুন, আমরা একসঙ্গে একটা উপায় বের করব।" + _SIGNED,
    ),
    "late_fee_charged": Shipped(
        sms="প্রিয় {name}, আগের বিল বকেয়া থাকায় {amount} বিলম্ব ফি যোগ হয়েছে (বিল {invoice})। "
        "{balance}। বিল দিন: {pay_url} {company}",
        whatsapp="প্রিয় {name}, আগের বিল বকেয়া থাকায় *{amount}* বিলম্ব ফি যোগ হয়েছে (বিল "
        "{invoice})।\n\nআপনার হিসাব: {balance}\nবিল দিন এখানে: {pay_url}\n\n{company}",
        subject="{amount} বিলম্ব ফি যোগ হয়েছে",
        email="প্রিয় {name},\n\nআগের বিল বকেয়া থাকায় {amount} বিলম্ব ফি যোগ হয়েছে (বিল {invoice})।"
        "\n\nআপনার হিসাব: {balance}\nবিল দিন এখানে: {pay_url}\n\nভুল মনে হলে আমাদের ফোন করুন।" + _SIGNED,
    ),
    "payment_received": Shipped(
        sms="ধন্যবাদ, {name}! আমরা {amount} পেয়েছি, রসিদ {receipt}: {receipt_url} "
        "{balance}। {company}",
        whatsapp="ধন্যবাদ, {name}! আমরা *{amount}* পেয়েছি, রসিদ {receipt}: "
        "{receipt_url}\n\nআপনার হিসাব: {balance}\n\n{company}",
        subject="ধন্যবাদ: {amount} পেয়েছি, রসিদ {receipt}",
        email="প্রিয় {name},\n\nধন্যবাদ, আপনার পেমেন্ট পেয়েছি।\n\nপরিমাণ: {amount}\nরসিদ: {receipt}\n"
        "মাধ্যম: {method}\nআপনার হিসাব: {balance}\n\nআপনার রসিদ: {receipt_url}\n"
        "সব রসিদ: {portal_url}" + _SIGNED,
    ),
    "payment_reversed": Shipped(
        sms="প্রিয় {name}, পেমেন্ট {receipt} ({amount}) বাতিল হয়েছে: {reason}। {balance}। "
        "প্রশ্ন থাকলে ফোন: {company_phone}। {company}",
        whatsapp="প্রিয় {name}, পেমেন্ট {receipt} (*{amount}*) বাতিল হয়েছে: {reason}।\n\nআপনার "
        "হিসাব: {balance}\n\nপ্রশ্ন থাকলে ফোন করুন: {company_phone}। {company}",
        subject="পেমেন্ট {receipt} বাতিল হয়েছে",
        email="প্রিয় {name},\n\nপেমেন্ট {receipt} ({amount}) বাতিল হয়েছে।\n\nকারণ: {reason}\nআপনার "
        "হিসাব: {balance}\n\nবুঝতে অসুবিধা হলে ফোন করুন।" + _SIGNED,
    ),
    "payment_refunded": Shipped(
        sms="প্রিয় {name}, আপনাকে {amount} ফেরত দেওয়া হয়েছে ({receipt}, {method})। {balance}। "
        "{company}",
        whatsapp="প্রিয় {name}, আপনাকে *{amount}* ফেরত দেওয়া হয়েছে ({method}), ভাউচার {receipt}।\n\n"
        "আপনার হিসাব: {balance}\n\n{company}",
        subject="{amount} ফেরত, ভাউচার {receipt}",
        email="প্রিয় {name},\n\nআপনার জমা থেকে {amount} ফেরত দেওয়া হয়েছে।\n\nভাউচার: {receipt}\nমাধ্যম: "
        "{method}\nআপনার হিসাব: {balance}\n\nবুঝতে অসুবিধা হলে ফোন করুন।" + _SIGNED,
    ),
    "payment_not_accepted": Shipped(
        sms="প্রিয় {name}, আপনার {amount} অনলাইন পেমেন্ট গ্রহণ করা যায়নি। টাকা ফেরত পাঠানো হচ্ছে। "
        "{balance}। প্রশ্ন থাকলে ফোন: {company_phone}। {company}",
        whatsapp="প্রিয় {name}, আপনার *{amount}* অনলাইন পেমেন্ট ({method}) গ্রহণ করা যায়নি। টাকা ফেরত "
        "পাঠানো হচ্ছে।\n\nআপনার হিসাব: {balance}\n\nপ্রশ্ন থাকলে ফোন করুন: {company_phone}। {company}",
        subject="আপনার {amount} পেমেন্ট গ্রহণ করা যায়নি",
        email="প্রিয় {name},\n\nআপনার {amount} অনলাইন পেমেন্ট ({method}) যাচাই করে গ্রহণ করা যায়নি। "
        "টাকা ফেরত পাঠানো হচ্ছে।\n\nআপনার হিসাব: {balance}\n\nকারণ জানা না থাকলে ফোন করুন।" + _SIGNED,
    ),
    "payment_sent_back": Shipped(
        sms="প্রিয় {name}, আপনার {amount} অনলাইন পেমেন্ট ফেরত গেছে ({method})। {balance}। {company}",
        whatsapp="প্রিয় {name}, আপনার *{amount}* অনলাইন পেমেন্ট ফেরত গেছে ({method})। পৌঁছাতে কয়েক দিন "
        "লাগতে পারে।\n\nআপনার হিসাব: {balance}\n\n{company}",
        subject="{amount} ফেরত গেছে",
        email="প্রিয় {name},\n\nআপনার {amount} অনলাইন পেমেন্ট যেভাবে দিয়েছিলেন সেভাবেই ফেরত গেছে "
        "({method})। পৌঁছাতে কয়েক দিন লাগতে পারে।\n\nআপনার হিসাব: {balance}\n\nটাকা না পেলে ফোন করুন।"
        + _SIGNED,
    ),
    "credit_note_issued": Shipped(
        sms="প্রিয় {name}, বিল {invoice} থেকে {amount} কমানো হয়েছে ({credit_note})। {balance}। "
        "{company}",
        whatsapp="প্রিয় {name}, বিল {invoice} থেকে *{amount}* কমানো হয়েছে: {reason}।\n\nক্রেডিট নোট: "
        "{credit_note}\nআপনার হিসাব: {balance}\n\n{company}",
        subject="ক্রেডিট নোট {credit_note}: {amount}",
        email="প্রিয় {name},\n\nবিল {invoice} থেকে {amount} কমানো হয়েছে।\n\nক্রেডিট নোট: "
        "{credit_note}\nকারণ: {reason}\nআপনার হিসাব: {balance}\n\nআপনার সব বিল: {portal_url}" + _SIGNED,
    ),
    "package_changed": Shipped(
        sms="প্রিয় {name}, আপনার সংযোগ {service} এখন {package} প্যাকেজে। {balance}। {company}",
        whatsapp="প্রিয় {name}, আপনার সংযোগ {service} এখন *{package}* প্যাকেজে।\n\nআপনার হিসাব: "
        "{balance}\nপরিশোধ করুন: {pay_url}\n\n{company}",
        subject="আপনার প্যাকেজ এখন {package}",
        email="প্রিয় {name},\n\nআপনার সংযোগ {service} এখন {package} প্যাকেজে। আগের প্যাকেজের বাকি "
        "দিনগুলোর টাকা ফেরত ধরা হয়েছে।\n\nআপনার হিসাব: {balance}\nপরিশোধ করুন: {pay_url}\nবিল ও ক্রেডিট "
        "নোট: {portal_url}" + _SIGNED,
    ),
    "package_change_approved": Shipped(
        sms="প্রিয় {name}, {day} থেকে আপনার সংযোগ {service} হবে {package}। {company}",
        whatsapp="প্রিয় {name}, {day} থেকে আপনার সংযোগ {service} হবে *{package}*। পরের বিলের আগে "
        "কিছু দিতে হবে না।\n\n{company}",
        subject="{day} থেকে {package}",
        email="প্রিয় {name},\n\n{day} থেকে আপনার সংযোগ {service} হবে {package}। পরের বিলের আগে কিছু "
        "দিতে হবে না।\n\nমত বদলালে এখানে ফিরিয়ে নিন: {portal_url}" + _SIGNED,
    ),
    "pause_approved": Shipped(
        sms="প্রিয় {name}, আপনার সংযোগ {service}-এর বিরতি মঞ্জুর হয়েছে: {period}। এরপর লাইন নিজে থেকেই "
        "চালু হবে। {company}",
        whatsapp="প্রিয় {name}, আপনার সংযোগ {service}-এর বিরতি মঞ্জুর হয়েছে: *{period}*। এরপর লাইন নিজে "
        "থেকেই চালু হবে।\n\n{company}",
        subject="আপনার বিরতি: {period}",
        email="প্রিয় {name},\n\nআপনার সংযোগ {service} ({package})-এর বিরতি মঞ্জুর হয়েছে: {period}। এই "
        "দিনগুলোতে লাইন বন্ধ থাকবে, এরপর নিজে থেকেই চালু হবে।\n\nআপনার অনুরোধ: {portal_url}" + _SIGNED,
    ),
    "pause_refused": Shipped(
        sms="প্রিয় {name}, {service} সংযোগে বিরতি দেওয়া গেল না: {reason}। প্রশ্ন থাকলে ফোন করুন "
        "{company_phone}। {company}",
        whatsapp="প্রিয় {name}, {service} সংযোগে বিরতি ({period}) দেওয়া গেল না: {reason}।\n\nপ্রশ্ন "
        "থাকলে ফোন করুন {company_phone}। {company}",
        subject="আপনার বিরতির অনুরোধ",
        email="প্রিয় {name},\n\nআপনার সংযোগ {service}-এ বিরতি ({period}) দেওয়া গেল না।\n\nকারণ: "
        "{reason}\n\nপ্রশ্ন থাকলে আমাদের ফোন করুন।" + _SIGNED,
    ),
    "package_change_rejected": Shipped(
        sms="প্রিয় {name}, {service} সংযোগে {package} দেওয়া গেল না: {reason}। প্রশ্ন থাকলে ফোন করুন "
        "{company_phone}। {company}",
        whatsapp="প্রিয় {name}, {service} সংযোগে *{package}* দেওয়া গেল না: {reason}।\n\nপ্রশ্ন থাকলে "
        "ফোন করুন {company_phone}। {company}",
        subject="{package} প্যাকেজের অনুরোধ",
        email="প্রিয় {name},\n\nআপনার সংযোগ {service}-এ {package} প্যাকেজ দেওয়া গেল না।\n\nকারণ: "
        "{reason}\n\nপ্রশ্ন থাকলে আমাদের ফোন করুন।" + _SIGNED,
    ),
    "usage_warning": Shipped(
        sms="প্রিয় {name}, {service} সংযোগের ন্যায্য ব্যবহারের {percent}% শেষ: {allowance} এর মধ্যে "
        "{used}। {day} তারিখে নতুন করে শুরু হবে। {company}",
        whatsapp="প্রিয় {name}, {service} সংযোগের ন্যায্য ব্যবহারের *{percent}%* শেষ: {allowance} এর "
        "মধ্যে *{used}*। {day} তারিখে নতুন করে শুরু হবে।\n\nদিন ধরে দেখুন: {portal_url}\n\n"
        "{company}",
        subject="{service}: {allowance} এর মধ্যে {used} ব্যবহৃত",
        email="প্রিয় {name},\n\nআপনার সংযোগ {service} ({package}) এর ন্যায্য ব্যবহারের {percent}% "
        "শেষ: {allowance} এর মধ্যে {used}। {day} তারিখে নতুন করে শুরু হবে।\n\nদিন ধরে দেখুন: "
        "{portal_url}" + _SIGNED,
    ),
    "usage_reached": Shipped(
        sms="প্রিয় {name}, {service} সংযোগের ন্যায্য ব্যবহারের সীমা পূর্ণ: {used}। {day} তারিখে নতুন করে "
        "শুরু হবে। {company}",
        whatsapp="প্রিয় {name}, {service} সংযোগের ন্যায্য ব্যবহারের সীমা পূর্ণ: {allowance} এর মধ্যে "
        "*{used}*। {day} তারিখে নতুন করে শুরু হবে।\n\nদিন ধরে দেখুন: {portal_url}\n\n{company}",
        subject="{service}: ন্যায্য ব্যবহারের সীমা পূর্ণ",
        email="প্রিয় {name},\n\nআপনার সংযোগ {service} ({package}) এর ন্যায্য ব্যবহারের সীমা পূর্ণ: "
        "{allowance} এর মধ্যে {used}। {day} তারিখে নতুন করে শুরু হবে।\n\nদিন ধরে দেখুন: {portal_url}"
        + _SIGNED,
    ),
    "usage_throttled": Shipped(
        sms="প্রিয় {name}, {service} সংযোগের ন্যায্য ব্যবহারের সীমা পূর্ণ ({used})। {day} পর্যন্ত গতি "
        "{speed}, তারপর আগের মতো। {company}",
        whatsapp="প্রিয় {name}, {service} সংযোগের ন্যায্য ব্যবহারের সীমা পূর্ণ: {allowance} এর মধ্যে "
        "*{used}*। {day} পর্যন্ত গতি *{speed}*, তারপর আগের মতো।\n\nদিন ধরে দেখুন: {portal_url}\n\n"
        "{company}",
        subject="{service}: {day} পর্যন্ত গতি {speed}",
        email="প্রিয় {name},\n\nআপনার সংযোগ {service} ({package}) এর ন্যায্য ব্যবহারের সীমা পূর্ণ: "
        "{allowance} এর মধ্যে {used}। {day} পর্যন্ত গতি {speed} থাকবে, তারপর নিজে থেকেই আগের মতো হবে।"
        "\n\nদিন ধরে দেখুন: {portal_url}" + _SIGNED,
    ),
    "service_suspended": Shipped(
        sms="প্রিয় {name}, আপনার সংযোগ {service} সাময়িক বন্ধ আছে। {balance}। বিল দিন: {pay_url} "
        "সাহায্য: {company_phone}। {company}",
        whatsapp="প্রিয় {name}, আপনার সংযোগ {service} সাময়িক বন্ধ আছে।\n\nআপনার হিসাব: {balance}\n"
        "বিল দিন এখানে: {pay_url}\n\nসাহায্যের জন্য ফোন করুন: {company_phone}। {company}",
        subject="আপনার সংযোগ {service} সাময়িক বন্ধ আছে",
        email="প্রিয় {name},\n\nআপনার সংযোগ {service} সাময়িক বন্ধ আছে।\n\nআপনার হিসাব: {balance}\nবিল "
        "দিন এখানে: {pay_url}\n\nভুল মনে হলে বা সময় দরকার হলে ফোন করুন।" + _SIGNED,
    ),
    "service_reactivated": Shipped(
        sms="সুখবর, {name}: আপনার সংযোগ {service} আবার চালু হয়েছে। কাজ না করলে রাউটার বন্ধ করে চালু "
        "করুন বা ফোন করুন: {company_phone}। {company}",
        whatsapp="সুখবর, {name}: আপনার সংযোগ {service} আবার চালু হয়েছে।\n\nকাজ না করলে রাউটার বন্ধ "
        "করে চালু করুন বা ফোন করুন: {company_phone}। {company}",
        subject="আপনার সংযোগ {service} আবার চালু হয়েছে",
        email="প্রিয় {name},\n\nসুখবর: আপনার সংযোগ {service} আবার চালু হয়েছে।\n\nকাজ না করলে রাউটার "
        "বন্ধ করে চালু করুন, অথবা ফোন করুন, আমরা সাহায্য করব।" + _SIGNED,
    ),
    "service_activated": Shipped(
        sms="প্রিয় {name}, আপনার {package} সংযোগ {service} চালু হয়েছে। সাহায্য: {company_phone}। "
        "{company}",
        whatsapp="প্রিয় {name}, আপনার *{package}* সংযোগ {service} চালু হয়েছে।\n\nসাহায্য: "
        "{company_phone}। {company}",
        subject="আপনার {package} সংযোগ চালু হয়েছে",
        email="প্রিয় {name},\n\nআপনার {package} সংযোগ {service} চালু হয়েছে।\n\nবিল, ব্যবহার ও সাহায্য: "
        "{portal_url}" + _SIGNED,
    ),
    "prepaid_renewed": Shipped(
        sms="ধন্যবাদ {name}। আপনার সংযোগ {service} এর মেয়াদ {expires_on} পর্যন্ত। {balance}। {company}",
        whatsapp="ধন্যবাদ {name}। আপনার সংযোগ {service} এর মেয়াদ *{expires_on}* পর্যন্ত।\n\nআপনার "
        "হিসাব: {balance}\n\n{company}",
        subject="আপনার সংযোগ {service} এর মেয়াদ {expires_on} পর্যন্ত",
        email="প্রিয় {name},\n\nআপনার সংযোগ {service} ({package}) এর মেয়াদ {expires_on} পর্যন্ত।\nআপনার "
        "হিসাব: {balance}\n\nবিল ও বকেয়া দেখুন: {portal_url}" + _SIGNED,
    ),
    "prepaid_low": Shipped(
        sms="প্রিয় {name}, আপনার সংযোগ {service} চলবে {expires_on} পর্যন্ত। {missing} জমা দিলে নিজে "
        "থেকেই চলতে থাকবে। {pay_url} {company}",
        whatsapp="প্রিয় {name}, আপনার সংযোগ {service} চলবে *{expires_on}* পর্যন্ত।\n\n*{missing}* জমা "
        "দিলে নিজে থেকেই চলতে থাকবে: {pay_url}\n\n{company}",
        subject="আপনার সংযোগ {service} চলবে {expires_on} পর্যন্ত",
        email="প্রিয় {name},\n\nআপনার সংযোগ {service} ({package}) চলবে {expires_on} পর্যন্ত।\n\n"
        "{missing} জমা দিলে নিজে থেকেই চলতে থাকবে। টাকা দেওয়ার উপায়: {pay_url}\nআপনার হিসাব: "
        "{balance}" + _SIGNED,
    ),
    "prepaid_over": Shipped(
        sms="প্রিয় {name}, আপনার সংযোগ {service} এর মেয়াদ শেষ। রিচার্জ করলেই সঙ্গে সঙ্গে চালু হবে: "
        "{pay_url} {balance}। {company}",
        whatsapp="প্রিয় {name}, আপনার সংযোগ {service} এর মেয়াদ শেষ।\n\nরিচার্জ করলেই সঙ্গে সঙ্গে চালু "
        "হবে: {pay_url}\nআপনার হিসাব: {balance}\n\n{company}",
        subject="আপনার সংযোগ {service} রিচার্জ করুন",
        email="প্রিয় {name},\n\nআপনার সংযোগ {service} ({package}) এর মেয়াদ শেষ।\n\nরিচার্জ করলেই সঙ্গে "
        "সঙ্গে চালু হবে: {pay_url}\nআপনার হিসাব: {balance}\n\nবন্ধ থাকা দিনের টাকা লাগে না।" + _SIGNED,
    ),
    "reseller_remit": Shipped(
        sms="{company}: {day} থেকে আমাদের {amount} আপনার কাছে আছে। জমা দিন: {pay_url}",
        whatsapp="*{company}*: {day} থেকে আমাদের *{amount}* আপনার কাছে আছে।\n\nজমা দিন: {pay_url}",
        subject="{amount} জমা দিন",
        email="প্রিয় {name},\n\n{day} থেকে আমাদের {amount} আপনার কাছে আছে। অনুগ্রহ করে জমা দিন; "
        "দ্বিগুণ সময় পেরোলে আর টাকা আদায় করা যাবে না।\n\n{pay_url}" + _SIGNED,
    ),
    "reseller_paid": Shipped(
        sms="{company}: আপনাকে {amount} দেওয়া হয়েছে, {payout}। {pay_url}",
        whatsapp="*{company}*: আপনাকে *{amount}* দেওয়া হয়েছে, {payout}।\n\n{pay_url}",
        subject="আপনাকে {amount} দেওয়া হয়েছে, {payout}",
        email="প্রিয় {name},\n\nআপনাকে {amount} দেওয়া হয়েছে: {payout}। কী কী মিলে: {pay_url}"
        + _SIGNED,
    ),
    "reseller_moved": Shipped(
        sms="{company}: {day} থেকে {joining} জন গ্রাহক আপনার হবেন, {leaving} জন যাবেন। {pay_url}",
        whatsapp="*{company}*: {day} থেকে {joining} জন গ্রাহক আপনার হবেন, {leaving} জন যাবেন।\n\n"
        "{pay_url}",
        subject="{day} থেকে আপনার গ্রাহক বদলাচ্ছে",
        email="প্রিয় {name},\n\n{day} থেকে {joining} জন গ্রাহক আপনার হবেন, {leaving} জন যাবেন। "
        "সেদিন থেকে তাঁরা যা দেবেন তা যাঁর গ্রাহক তাঁর হিসাবে গণ্য হবে।\n\n{pay_url}" + _SIGNED,
    ),
    "wallet_low": Shipped(
        sms="{company}: আপনার ওয়ালেটে {amount} আছে। টপ-আপ করুন: {pay_url}",
        whatsapp="*{company}*: আপনার ওয়ালেটে {amount} আছে।\n\nটপ-আপ করুন: {pay_url}",
        subject="আপনার ওয়ালেটে {amount} আছে",
        email="প্রিয় {name},\n\nআপনার ওয়ালেটে {amount} আছে। এতে না কুলালে বিল পরিশোধ বা নবায়ন হবে না।\n\n"
        "টপ-আপ করুন: {pay_url}" + _SIGNED,
    ),
    "wallet_not_renewed": Shipped(
        sms="{company}: ওয়ালেট থেকে {count}টি নবায়ন হয়নি, {missing} কম। টপ-আপ করুন: {pay_url}",
        whatsapp="*{company}*: ওয়ালেট থেকে {count}টি নবায়ন হয়নি, *{missing}* কম।\n\n"
        "টপ-আপ করলে এক মিনিটের মধ্যে আবার চেষ্টা হবে: {pay_url}",
        subject="ওয়ালেট থেকে {count}টি নবায়ন হয়নি, {missing} কম",
        email="প্রিয় {name},\n\nআপনার গ্রাহকদের {count}টি সংযোগ ওয়ালেট থেকে নবায়ন করা যায়নি: "
        "{missing} কম।\n\n"
        "টপ-আপ করলে এক মিনিটের মধ্যে আবার চেষ্টা হবে: {pay_url}" + _SIGNED,
    ),
    "price_change": Shipped(
        sms="প্রিয় {name}, {from_date} বা তার পরের প্রথম বিল থেকে আপনার {package} সংযোগ {service}-এর "
        "মূল্য {old_amount} এর বদলে {amount}, করসহ। প্রশ্ন? {company_phone} {company}",
        whatsapp="প্রিয় {name}, {from_date} বা তার পরের প্রথম বিল থেকে আপনার *{package}* সংযোগ "
        "{service}-এর মূল্য {old_amount} এর বদলে *{amount}*, করসহ।\n\nপ্রশ্ন? কল করুন "
        "{company_phone}। {company}",
        subject="{from_date} থেকে আপনার {package} সংযোগের মূল্য",
        email="প্রিয় {name},\n\n{from_date} বা তার পরের প্রথম বিল থেকে আপনার {package} সংযোগ "
        "{service}-এর মূল্য বদলাবে।\n\nএখন পর্যন্ত: {old_amount}\nতখন থেকে: {amount}\nউভয়ই করসহ।"
        "\n\nঅন্য প্যাকেজ চাইলে বা প্রশ্ন থাকলে আমাদের কল করুন।" + _SIGNED,
    ),
    "price_change_cancelled": Shipped(
        sms="সুখবর, {name}: আপনার {package} সংযোগ {service}-এর মূল্য {old_amount} থাকছে। "
        "{from_date}-এর ঘোষিত পরিবর্তন বাতিল। {company}",
        whatsapp="সুখবর, {name}: আপনার *{package}* সংযোগ {service}-এর মূল্য *{old_amount}* থাকছে। "
        "{from_date}-এর ঘোষিত পরিবর্তন বাতিল।\n\n{company}",
        subject="আপনার {package} সংযোগের মূল্য একই থাকছে",
        email="প্রিয় {name},\n\nসুখবর: আপনার {package} সংযোগ {service}-এর মূল্য {old_amount} থাকছে। "
        "{from_date}-এর জন্য জানানো পরিবর্তন বাতিল করা হয়েছে।" + _SIGNED,
    ),
    "one_time_code": Shipped(
        sms="আপনার {company} কোড {code}, মেয়াদ {minutes} মিনিট। কোডটি কাউকে দেবেন না।",
        whatsapp="আপনার {company} কোড *{code}*, মেয়াদ {minutes} মিনিট। কোডটি কাউকে দেবেন না, আমাদেরও না।",
        subject="আপনার {company} কোড",
        email="আপনার কোড {code}। মেয়াদ {minutes} মিনিট।\n\nকোডটি কাউকে দেবেন না, আমাদেরও না। আপনি না "
        "চেয়ে থাকলে কিছু করতে হবে না।" + _SIGNED,
    ),
    "password_reset": Shipped(
        sms="নতুন {company} পাসওয়ার্ডের কোড {code}, মেয়াদ {minutes} মিনিট। আপনি না চাইলে উপেক্ষা করুন।",
        whatsapp="নতুন {company} পাসওয়ার্ডের কোড *{code}*, মেয়াদ {minutes} মিনিট। আপনি না চাইলে "
        "উপেক্ষা করুন, কিছুই বদলাবে না।",
        subject="নতুন পাসওয়ার্ডের কোড",
        email="নতুন পাসওয়ার্ডের জন্য আপনার কোড {code}। মেয়াদ {minutes} মিনিট।\n\nআপনি না চেয়ে থাকলে "
        "এই বার্তা উপেক্ষা করুন: কিছুই বদলাবে না।" + _SIGNED,
    ),
    "contact_code": Shipped(
        sms="{company}-এ এই নম্বর ব্যবহারের কোড {code}, মেয়াদ {minutes} মিনিট। কাউকে দেবেন না।",
        whatsapp="{company}-এ এই নম্বর ব্যবহারের কোড *{code}*, মেয়াদ {minutes} মিনিট। কাউকে দেবেন না।",
        subject="{company}-এ এই ঠিকানা ব্যবহারের কোড",
        email="প্রিয় {name},\n\nআপনার কোড {code}। মেয়াদ {minutes} মিনিট।\n\nকোডটি কাউকে দেবেন না। "
        "আপনি না চেয়ে থাকলে কিছু করতে হবে না।" + _SIGNED,
    ),
    "contact_changed": Shipped(
        sms="{company}: {number} এর বার্তা এখন থেকে {contact}-এ যাবে। আপনি করেননি? ফোন: "
        "{company_phone}",
        whatsapp="*{company}*: {number} এর বার্তা এখন থেকে {contact}-এ যাবে।\n\nআপনি করেননি? ফোন "
        "করুন: {company_phone}",
        subject="আপনার যোগাযোগের ঠিকানা বদলেছে",
        email="প্রিয় {name},\n\n{number} এর বার্তা এখন থেকে {contact}-এ যাবে।\n\nআপনি করেননি? এখনই "
        "ফোন করুন: {company_phone}।" + _SIGNED,
    ),
    "signup_code": Shipped(
        sms="{company} অর্ডারের কোড {code}, মেয়াদ {minutes} মিনিট। কোডটি কাউকে দেবেন না।",
        whatsapp="{company} অর্ডারের কোড *{code}*, মেয়াদ {minutes} মিনিট। কোডটি কাউকে দেবেন না।",
        subject="{company} অর্ডারের কোড",
        email="আপনার কোড {code}। মেয়াদ {minutes} মিনিট।\n\nকোডটি কাউকে দেবেন না। আপনি না চেয়ে "
        "থাকলে কিছু করতে হবে না।" + _SIGNED,
    ),
    "order_received": Shipped(
        sms="প্রিয় {name}, আপনার অর্ডার {order} ({package}) পেয়েছি। অবস্থা দেখুন: {order_url} {company}",
        whatsapp="প্রিয় {name}, আপনার অর্ডার *{order}* ({package}) পেয়েছি।\n\nঅবস্থা দেখুন: "
        "{order_url}\n\n{company}",
        subject="আপনার অর্ডার {order}",
        email="প্রিয় {name},\n\n{package} প্যাকেজের জন্য আপনার অর্ডার {order} পেয়েছি। সংযোগের জন্য আমরা "
        "ফোন করব।\n\nঅবস্থা দেখুন: {order_url}" + _SIGNED,
    ),
    "order_waiting": Shipped(
        sms="প্রিয় {name}, আপনার এলাকায় এখনও সংযোগ নেই। {order} অপেক্ষমাণ তালিকায় আছে: {order_url} "
        "{company}",
        whatsapp="প্রিয় {name}, আপনার এলাকায় এখনও সংযোগ নেই। *{order}* অপেক্ষমাণ তালিকায় আছে; চালু "
        "হলে জানাব।\n\n{order_url}\n\n{company}",
        subject="{order} অপেক্ষমাণ তালিকায় আছে",
        email="প্রিয় {name},\n\nআপনার এলাকায় এখনও সংযোগ নেই। {package} প্যাকেজের অর্ডার {order} অপেক্ষমাণ "
        "তালিকায় আছে; চালু হলে জানাব।\n\n{order_url}" + _SIGNED,
    ),
    "order_invited": Shipped(
        sms="প্রিয় {name}, আপনার এলাকায় এখন সংযোগ আছে। অর্ডার {order} নিশ্চিত করুন: {order_url} {company}",
        whatsapp="প্রিয় {name}, আপনার এলাকায় এখন সংযোগ আছে। অর্ডার *{order}* নিশ্চিত করুন: "
        "{order_url}\n\n{company}",
        subject="আপনার এলাকায় এখন সংযোগ আছে",
        email="প্রিয় {name},\n\nআপনার এলাকায় এখন সংযোগ আছে। {package} প্যাকেজের অর্ডার {order} নিশ্চিত "
        "করুন: {order_url}" + _SIGNED,
    ),
    "order_closed": Shipped(
        sms="প্রিয় {name}, অর্ডার {order} বন্ধ হয়েছে: {reason} প্রশ্ন থাকলে {company_phone} {company}",
        whatsapp="প্রিয় {name}, অর্ডার *{order}* বন্ধ হয়েছে: {reason}\n\nপ্রশ্ন থাকলে "
        "{company_phone}\n\n{company}",
        subject="অর্ডার {order} বন্ধ হয়েছে",
        email="প্রিয় {name},\n\n{package} প্যাকেজের অর্ডার {order} বন্ধ হয়েছে: {reason}\n\nপ্রশ্ন থাকলে "
        "ফোন করুন।" + _SIGNED,
    ),
    "access_link": Shipped(
        sms="প্রিয় {name}, এক দিনের মধ্যে {company} পাসওয়ার্ড ঠিক করুন: {link} লিংকটি একবারই কাজ করে।",
        whatsapp="প্রিয় {name}, এক দিনের মধ্যে {company} পাসওয়ার্ড ঠিক করুন: {link}\n\nলিংকটি একবারই "
        "কাজ করে। কাউকে দেবেন না।",
        subject="{company} পাসওয়ার্ড ঠিক করুন",
        email="প্রিয় {name},\n\nএক দিনের মধ্যে পাসওয়ার্ড ঠিক করুন:\n{link}\n\nলিংকটি একবারই কাজ করে। "
        "কাউকে দেবেন না, আমাদেরও না।" + _SIGNED,
    ),
    "outage_opened": Shipped(
        sms="{subject}। {text} চালু হতে পারে: {expected}। {status_url} {company}",
        whatsapp="প্রিয় {name}, *{subject}*। {text}\n\nচালু হতে পারে: *{expected}*\n"
        "সর্বশেষ খবর: {status_url}\n\n{company}",
        subject="{subject}",
        email="প্রিয় {name},\n\n{text}\n\nচালু হতে পারে: {expected}\nসর্বশেষ খবর: {status_url}\n\n"
        "ফোন করার দরকার নেই; চালু হলে আমরা জানাব।" + _SIGNED,
    ),
    "outage_update": Shipped(
        sms="{subject}: {text} চালু হতে পারে: {expected}। {company}",
        whatsapp="*{subject}*: {text}\n\nচালু হতে পারে: *{expected}*\nসর্বশেষ খবর: {status_url}\n\n"
        "{company}",
        subject="খবর: {subject}",
        email="প্রিয় {name},\n\n{text}\n\nচালু হতে পারে: {expected}\nসর্বশেষ খবর: {status_url}"
        + _SIGNED,
    ),
    "outage_cleared": Shipped(
        sms="{subject}: আবার চালু হয়েছে। {text} না চললে রাউটার রিস্টার্ট করুন। {company}",
        whatsapp="*{subject}*: আবার চালু হয়েছে। {text}\n\nআপনার সংযোগ না চললে রাউটার রিস্টার্ট করুন, "
        "তারপর ফোন করুন {company_phone}।\n\n{company}",
        subject="সমাধান হয়েছে: {subject}",
        email="প্রিয় {name},\n\nসংযোগ আবার চালু হয়েছে। {text}\n\nআপনার সংযোগ না চললে রাউটার রিস্টার্ট "
        "করুন, তারপর ফোন করুন {company_phone}।" + _SIGNED,
    ),
    "maintenance_planned": Shipped(
        sms="{subject}: {begins} থেকে {expected}। {text} {company}",
        whatsapp="প্রিয় {name}, *{subject}*: {begins} থেকে {expected}।\n\n{text}\n\n"
        "সর্বশেষ খবর: {status_url}\n\n{company}",
        subject="{subject}: {begins}",
        email="প্রিয় {name},\n\nআমরা {begins} থেকে {expected} পর্যন্ত নেটওয়ার্কে কাজ করব।\n\n{text}\n\n"
        "সর্বশেষ খবর: {status_url}" + _SIGNED,
    ),
    "job_planned": Shipped(
        sms="প্রিয় {name}, আমাদের টেকনিশিয়ান {technician} {visit_day} তারিখে {window} সময়ে আসবেন। "
        "বিস্তারিত: {job_url} {company}",
        whatsapp="প্রিয় {name}, আমাদের টেকনিশিয়ান *{technician}* *{visit_day}* তারিখে {window} সময়ে "
        "আসবেন।\n\nবিস্তারিত: {job_url}\n\n{company}",
        subject="{visit_day}, {window}: টেকনিশিয়ান আসবেন",
        email="প্রিয় {name},\n\nআমাদের টেকনিশিয়ান {technician} {visit_day} তারিখে {window} সময়ের মধ্যে "
        "আপনার কাছে আসবেন (কাজ {job})।\n\nঅবস্থা দেখুন: {job_url}\n\nসময়টি সুবিধাজনক না হলে "
        "অনুগ্রহ করে ফোন করুন।" + _SIGNED,
    ),
    "job_on_the_way": Shipped(
        sms="প্রিয় {name}, {technician} এখন আপনার পথে। এখানে দেখুন: {job_url} {company}",
        whatsapp="প্রিয় {name}, *{technician}* এখন আপনার পথে।\n\nএখানে দেখুন: {job_url}\n\n{company}",
        subject="{technician} আপনার পথে",
        email="প্রিয় {name},\n\n{technician} এখন আপনার পথে (কাজ {job})।\n\n"
        "এখানে দেখুন: {job_url}" + _SIGNED,
    ),
    "welcome": Shipped(
        sms="{company}-এ স্বাগতম, {name}! আপনার গ্রাহক নম্বর {number}। বিল ও সাহায্য: {portal_url} বা "
        "{company_phone}",
        whatsapp="{company}-এ স্বাগতম, {name}! আপনার গ্রাহক নম্বর *{number}*।\n\nবিল, পেমেন্ট ও "
        "সাহায্য: {portal_url} বা {company_phone}",
        subject="{company}-এ স্বাগতম",
        email="প্রিয় {name},\n\nস্বাগতম! আপনার গ্রাহক নম্বর {number}।\n\nবিল, পেমেন্ট ও সাহায্য: "
        "{portal_url}\nআপনার ফোন নম্বর দিয়ে প্রবেশ করুন।" + _SIGNED,
    ),
    "mandate_to_sign": Shipped(
        sms="প্রিয় {name}, {account} থেকে ডেবিট অর্ডার অনুমোদন করুন: {sign_url} {company}",
        whatsapp="প্রিয় {name}, *{account}* থেকে ডেবিট অর্ডার অনুমোদন করুন:\n\n{sign_url}\n\n{company}",
        subject="আপনার ডেবিট অর্ডার অনুমোদন করুন",
        email="প্রিয় {name},\n\nআপনি {account} থেকে বিল আদায়ের অনুরোধ করেছেন। এখানে অনুমোদন "
        "করুন:\n\n{sign_url}\n\nঅনুমোদনের আগে কোনো টাকা নেওয়া হবে না।" + _SIGNED,
    ),
    "mandate_active": Shipped(
        sms="প্রিয় {name}, {account} থেকে ডেবিট অর্ডার চালু হয়েছে। প্রতিবার নেওয়ার আগে জানাব। {company}",
        whatsapp="প্রিয় {name}, *{account}* থেকে ডেবিট অর্ডার চালু হয়েছে। প্রতিবার নেওয়ার আগে আমরা "
        "জানাব। {company}",
        subject="আপনার ডেবিট অর্ডার চালু হয়েছে",
        email="প্রিয় {name},\n\n{account} থেকে ডেবিট অর্ডার চালু হয়েছে। বিলের শেষ তারিখে আমরা টাকা নেব "
        "এবং প্রতিবার আগে জানাব।\n\nযেকোনো সময় বন্ধ করতে পারেন: {portal_url}" + _SIGNED,
    ),
    "mandate_failed": Shipped(
        sms="প্রিয় {name}, {account} থেকে ডেবিট অর্ডার করা যাচ্ছে না: {reason}। তথ্য দেখুন: {portal_url} "
        "{company}",
        whatsapp="প্রিয় {name}, *{account}* থেকে ডেবিট অর্ডার করা যাচ্ছে না: {reason}।\n\nতথ্যগুলো দেখে "
        "নিন: {portal_url}\n\n{company}",
        subject="ডেবিট অর্ডার এখনো করা যাচ্ছে না",
        email="প্রিয় {name},\n\n{account} থেকে ডেবিট অর্ডার করা যাচ্ছে না: {reason}।\n\nতথ্যগুলো দেখে "
        "আবার অনুরোধ করুন: {portal_url}" + _SIGNED,
    ),
    "debit_order_planned": Shipped(
        sms="প্রিয় {name}, {day} তারিখে {account} থেকে {amount} নেওয়া হবে। টাকা রাখুন। {company}",
        whatsapp="প্রিয় {name}, *{day}* তারিখে {account} থেকে *{amount}* নেওয়া হবে। অ্যাকাউন্টে টাকা "
        "রাখুন। {company}",
        subject="{day} তারিখে {amount} নেওয়া হবে",
        email="প্রিয় {name},\n\n{day} তারিখে {account} থেকে {amount} নেওয়া হবে। অ্যাকাউন্টে টাকা "
        "রাখুন।\n\nআপনার বিল: {portal_url}" + _SIGNED,
    ),
    "debit_order_failed": Shipped(
        sms="প্রিয় {name}, {account} থেকে {amount} নেওয়া যায়নি: {reason} ({most} বারের {failures})। "
        "আবার চেষ্টা করব। এখনই দিন: {pay_url} {company}",
        whatsapp="প্রিয় {name}, {account} থেকে *{amount}* নেওয়া যায়নি: {reason} ({most} বারের "
        "{failures})।\n\nশিগগির আবার চেষ্টা করব, তারিখ জানাব। এখনই দিতে: {pay_url}\n\n{company}",
        subject="{amount} নেওয়া যায়নি",
        email="প্রিয় {name},\n\n{account} থেকে {amount} নেওয়া যায়নি: {reason}।\n\nপরপর {most} বার "
        "ব্যর্থ হলে ডেবিট অর্ডার বন্ধ হয়; এটি ছিল {failures} নম্বর। শিগগির আবার চেষ্টা করব, তারিখ জানাব।"
        "\n\nএখনই দিতে: {pay_url}" + _SIGNED,
    ),
    "debit_order_stopped": Shipped(
        sms="প্রিয় {name}, {account} থেকে {amount} নেওয়া যায়নি: {reason}। আর চেষ্টা করা হবে না। বিল "
        "দিন: {pay_url} {company}",
        whatsapp="প্রিয় {name}, {account} থেকে *{amount}* নেওয়া যায়নি: {reason}।\n\nআর চেষ্টা করা "
        "হবে না, ডেবিট অর্ডার বন্ধ হয়েছে। এখানে দিন: {pay_url}\n\nনতুন ডেবিট অর্ডার: {portal_url}\n\n"
        "{company}",
        subject="{amount} নেওয়া যায়নি, ডেবিট অর্ডার বন্ধ হয়েছে",
        email="প্রিয় {name},\n\n{account} থেকে {amount} নেওয়া যায়নি: {reason}।\n\nআর চেষ্টা করা "
        "হবে না, ডেবিট অর্ডার বন্ধ হয়েছে। এখানে দিন: {pay_url}\n\nনতুন ডেবিট অর্ডার যেকোনো সময় চালু করতে "
        "পারেন: {portal_url}" + _SIGNED,
    ),
    "job_failed": Shipped(
        sms="{company}: {subject} কাজটি ব্যর্থ, আর চেষ্টা হবে না। {reason}",
        whatsapp="*{company}*: *{subject}* কাজটি ব্যর্থ, আর চেষ্টা হবে না।\n\n{text}\n\n{reason}",
        subject="{subject} কাজটি ব্যর্থ হয়েছে",
        email="প্রিয় {name},\n\n{subject} কাজটি ব্যর্থ হয়েছে, নিজে থেকে আর চেষ্টা হবে না।\n\nকাজ: {text}\n"
        "কারণ: {reason}\n\nসিস্টেম, কাজের লগ পাতায় দেখে সেখান থেকে আবার চালান।" + _SIGNED,
    ),
    "mail_answered": Shipped(
        sms="{company}: আপনার ই-মেইলের উত্তর দেওয়া হয়েছে।",
        whatsapp="*{company}*: আপনার ই-মেইলের উত্তর:\n\n{text}",
        subject="Re: {subject}",
        email="প্রিয় {name},\n\n{text}" + _SIGNED,
    ),
    "mail_too_large": Shipped(
        sms="{company}: আপনার ই-মেইল অনেক বড় ছিল। ছোট ফাইল দিয়ে আবার পাঠান।",
        whatsapp="*{company}*: আপনার ই-মেইল অনেক বড় ছিল। ছোট ফাইল দিয়ে আবার পাঠান।",
        subject="আপনার ই-মেইল অনেক বড় ছিল: {subject}",
        email="প্রিয় গ্রাহক,\n\nআপনার ই-মেইল “{subject}” ২৫ MB এর চেয়ে বড় ছিল, তাই নেওয়া যায়নি। "
        "ছোট ফাইল দিয়ে আবার পাঠান, অথবা ফোন করুন: {company_phone}।" + _SIGNED,
    ),
    "message_budget": Shipped(
        sms="{company}: মাসের বার্তা বাজেটের {percent}% খরচ হয়েছে: {budget} এর মধ্যে {amount}।",
        whatsapp="*{company}*: মাসের বার্তা বাজেটের {percent}% খরচ হয়েছে: {budget} এর মধ্যে {amount}।",
        subject="বার্তার বাজেটের {percent}% খরচ হয়েছে",
        email="প্রিয় {name},\n\nএই মাসে বার্তায় {amount} খরচ হয়েছে: {budget} বাজেটের {percent}%।\n\n"
        "১০০% হলে মাস শেষ বা বাজেট না বাড়া পর্যন্ত অফার ও জরিপ অপেক্ষা করবে; বিল, রসিদ ও কোড চলবে। "
        "বার্তা, খরচ পাতায় দেখুন কী পাঠানো হয়েছে।" + _SIGNED,
    ),
    "alarm": Shipped(
        sms="{company}: {subject} ({reason})। {text}",
        whatsapp="*{company}*: *{subject}* ({reason})\n\n{text}",
        subject="{subject} ({reason})",
        email="প্রিয় {name},\n\n{subject}: {reason}।\n\n{text}\n\nসিস্টেম, স্বাস্থ্য পাতায় দেখুন; সেখানে "
        "দায়িত্ব নিলে আপনার বলা সময় পর্যন্ত আর জানানো হবে না।" + _SIGNED,
    ),
    "alarm_over": Shipped(
        sms="{company}: {subject}: {reason} পর আবার ঠিক আছে।",
        whatsapp="*{company}*: *{subject}*: {reason} পর আবার ঠিক আছে।",
        subject="{subject}: {reason} পর আবার ঠিক আছে",
        email="প্রিয় {name},\n\n{subject}: {reason} পর আবার ঠিক আছে।" + _SIGNED,
    ),
    "alarm_digest": Shipped(
        sms="{company}: এক ঘণ্টায় দশটির বেশি সতর্কতা; {count}টি খোলা। সিস্টেম, স্বাস্থ্য দেখুন।",
        whatsapp="*{company}*: এক ঘণ্টায় দশটির বেশি সতর্কতা; *{count}*টি খোলা। সিস্টেম, স্বাস্থ্য দেখুন।",
        subject="{count}টি সতর্কতা খোলা",
        email="প্রিয় {name},\n\nএক ঘণ্টায় দশটির বেশি সতর্কতা; এখন {count}টি খোলা। এই ঘণ্টার বাকিগুলো আলাদা করে "
        "পাঠানো হবে না: সিস্টেম, স্বাস্থ্য পাতাটি দেখুন।" + _SIGNED,
    ),
    "weekly_brief": Shipped(
        sms="{company}, {period}:\n{text}",
        whatsapp="*{company}*, {period}:\n{text}",
        subject="সপ্তাহের হিসাব: {period}",
        email="প্রিয় {name},\n\n{period} সপ্তাহের হিসাব:\n\n{text}\n\n"
        "সপ্তাহের সব হিসাব (PDF): {report_url}\n"
        "প্রতিটি সংখ্যার ব্যাখ্যা ও সারি প্রথম পাতায় এবং বিশ্লেষণে আছে।" + _SIGNED,
    ),
    "report_ready": Shipped(
        sms="{company}: {subject}, {period}: {report_url}",
        whatsapp="*{company}*: {subject}, {period}: {report_url}",
        subject="{subject}: {period}",
        email="প্রিয় {name},\n\n{period} সময়ের প্রতিবেদন {subject} প্রস্তুত। খুলতে সাইন ইন করুন:"
        "\n\n{report_url}" + _SIGNED,
    ),
    "codes_used_up": Shipped(
        sms="{company}: এক ঘণ্টায় {count}টি সাইন-ইন কোড চাওয়া হয়েছে, সীমা শেষ। ঘণ্টা শেষ না হলে আর যাবে না।",
        whatsapp="*{company}*: এক ঘণ্টায় {count}টি সাইন-ইন কোড চাওয়া হয়েছে, সীমা শেষ। ঘণ্টা শেষ না হলে আর "
        "যাবে না।",
        subject="এই ঘণ্টার সব সাইন-ইন কোড পাঠানো শেষ",
        email="প্রিয় {name},\n\nএক ঘণ্টায় {count}টি সাইন-ইন কোড চাওয়া হয়েছে, এটিই এক ঘণ্টার সীমা। ঘণ্টা শেষ না "
        "হলে আর কেউ কোড পাবেন না; পাসওয়ার্ড দিয়ে আগের মতোই সাইন ইন করা যায়।\n\nকেউ অন্যের নম্বরে কোড "
        "চাইছে কি না দেখুন: মেসেজ, আউটবক্স।" + _SIGNED,
    ),
    "staff_message": Shipped(
        sms="{text} {company}",
        whatsapp="{text}\n\n{company}",
        subject="{subject}",
        email="প্রিয় {name},\n\n{text}" + _SIGNED,
    ),
    "offer": Shipped(
        sms="{text} {company} অফার বন্ধ করতে: {stop_url}",
        whatsapp="{text}\n\n{company}\nঅফার বন্ধ করতে: {stop_url}",
        subject="{subject}",
        email="প্রিয় {name},\n\n{text}\n\nআর অফার না চাইলে: {stop_url}" + _SIGNED,
    ),
    "ticket_received": Shipped(
        sms="প্রিয় {name}, আপনার টিকিট {ticket} পেয়েছি, আমরা দেখছি। {ticket_url} {company}",
        whatsapp="প্রিয় {name}, আপনার টিকিট *{ticket}* ({subject}) পেয়েছি, আমরা দেখছি।"
        "\n\nএখানে অগ্রগতি দেখুন: {ticket_url}\n\n{company}",
        subject="[{ticket}] {subject}",
        email="প্রিয় {name},\n\nআপনার টিকিট {ticket} আমরা পেয়েছি এবং দেখছি।\n\nবিষয়: {subject}"
        "\nঅগ্রগতি দেখতে ও কিছু যোগ করতে: {ticket_url}" + _SIGNED,
    ),
    "ticket_replied": Shipped(
        sms="প্রিয় {name}, আপনার টিকিট {ticket}-এর উত্তর দিয়েছি। পড়ুন: {ticket_url} {company}",
        whatsapp="প্রিয় {name}, আপনার টিকিট *{ticket}* প্রসঙ্গে:\n\n{text}\n\nএখানে উত্তর দিন: "
        "{ticket_url}\n\n{company}",
        subject="[{ticket}] {subject}",
        email="প্রিয় {name},\n\n{text}\n\nএখানে উত্তর দিন: {ticket_url}" + _SIGNED,
    ),
    "ticket_waiting": Shipped(
        sms="প্রিয় {name}, {ticket} নিয়ে আপনার উত্তরের অপেক্ষায় আছি: {ticket_url} {company}",
        whatsapp="প্রিয় {name}, *{ticket}* ({subject}) নিয়ে আপনার উত্তরের অপেক্ষায় আছি।"
        "\n\nএখানে উত্তর দিন: {ticket_url}\n\nএখন কি ঠিক আছে? সেখানে জানান। {company}",
        subject="[{ticket}] আপনার উত্তরের অপেক্ষায়",
        email="প্রিয় {name},\n\n{ticket} ({subject}) নিয়ে এগোতে আপনার উত্তর দরকার।\n\nএখানে উত্তর "
        "দিন: {ticket_url}\n\nএখন ঠিক থাকলে সেখানে জানান। উত্তর না পেলে চার দিন পর সমাধান হয়েছে "
        "ধরে নেব।" + _SIGNED,
    ),
    "ticket_resolved": Shipped(
        sms="প্রিয় {name}, আপনার টিকিট {ticket} সমাধান হয়েছে। ঠিক না হলে ৭ দিনে লিখুন: "
        "{ticket_url} {company}",
        whatsapp="প্রিয় {name}, আপনার টিকিট *{ticket}* সমাধান হয়েছে:\n\n{text}\n\nঠিক না হলে সাত "
        "দিনের মধ্যে লিখুন: {ticket_url}\n\n{company}",
        subject="{ticket} সমাধান হয়েছে",
        email="প্রিয় {name},\n\nআপনার টিকিট {ticket} ({subject}) সমাধান হয়েছে।\n\n{text}\n\nএখনও "
        "ঠিক না হলে সাত দিনের মধ্যে লিখুন, আমরা আবার দেখব: {ticket_url}" + _SIGNED,
    ),
    "contract_to_sign": Shipped(
        sms="প্রিয় {name}, আপনার চুক্তি {contract} পড়ে সই করুন: {sign_url} {company}",
        whatsapp="প্রিয় {name}, আপনার চুক্তি {contract} পড়ে সই করুন: {sign_url}\n\n{company}",
        subject="আপনার চুক্তি {contract}",
        email="প্রিয় {name},\n\nআপনার চুক্তি {contract} পড়ে সই করুন: {sign_url}" + _SIGNED,
    ),
    "contract_reminder": Shipped(
        sms="প্রিয় {name}, আপনার চুক্তি {contract} এখনও সইয়ের অপেক্ষায়: {sign_url} {company}",
        whatsapp="প্রিয় {name}, আপনার চুক্তি {contract} এখনও সইয়ের অপেক্ষায়: {sign_url}\n\n{company}",
        subject="চুক্তি {contract} অপেক্ষায়",
        email="প্রিয় {name},\n\nআপনার চুক্তি {contract} এখনও সইয়ের অপেক্ষায়: {sign_url}" + _SIGNED,
    ),
    "contract_code": Shipped(
        sms="প্রিয় {name}, {contract} (দলিল {digest}) সই করার কোড {code}। কাউকে বলবেন না। {company}",
        whatsapp="প্রিয় {name}, {contract} (দলিল {digest}) সই করার কোড {code}। কাউকে বলবেন না।"
        "\n\n{company}",
        subject="{contract}-এর কোড",
        email="প্রিয় {name},\n\n{contract} (দলিল {digest}) সই করার কোড {code}। কাউকে বলবেন না।"
        + _SIGNED,
    ),
    "contract_signed": Shipped(
        sms="প্রিয় {name}, চুক্তি {contract} সই হয়েছে। দেখুন বা নামান: {verify_url} {company}",
        whatsapp="প্রিয় {name}, চুক্তি {contract} সই হয়েছে। দেখুন বা নামান: {verify_url}\n\n{company}",
        subject="চুক্তি {contract} সই হয়েছে",
        email="প্রিয় {name},\n\nচুক্তি {contract} সই হয়েছে। দেখুন বা নামান: {verify_url}" + _SIGNED,
    ),
    "contract_expiring": Shipped(
        sms="প্রিয় {name}, চুক্তি {contract}-এর মেয়াদ {last_day} পর্যন্ত। এরপর: {renewal}। {company}",
        whatsapp="প্রিয় {name}, চুক্তি {contract}-এর মেয়াদ {last_day} পর্যন্ত। এরপর: {renewal}।"
        "\n\n{company}",
        subject="চুক্তি {contract} {last_day} পর্যন্ত",
        email="প্রিয় {name},\n\nচুক্তি {contract}-এর মেয়াদ {last_day} পর্যন্ত। এরপর: {renewal}।"
        + _SIGNED,
    ),
    "contract_renewed": Shipped(
        sms="প্রিয় {name}, চুক্তি {contract} চলছে, এখন {last_day} পর্যন্ত। {company}",
        whatsapp="প্রিয় {name}, চুক্তি {contract} চলছে, এখন {last_day} পর্যন্ত।\n\n{company}",
        subject="চুক্তি {contract} চলছে",
        email="প্রিয় {name},\n\nচুক্তি {contract} চলছে, এখন {last_day} পর্যন্ত।" + _SIGNED,
    ),
    "contract_ended": Shipped(
        sms="প্রিয় {name}, চুক্তি {contract} শেষ হয়েছে। {company}",
        whatsapp="প্রিয় {name}, চুক্তি {contract} শেষ হয়েছে।\n\n{company}",
        subject="চুক্তি {contract} শেষ",
        email="প্রিয় {name},\n\nচুক্তি {contract} শেষ হয়েছে।" + _SIGNED,
    ),
    "ticket_merged": Shipped(
        sms="প্রিয় {name}, আপনার টিকিট {ticket}-এর উত্তর {text}-এর সঙ্গে দেওয়া হবে: {ticket_url} "
        "{company}",
        whatsapp="প্রিয় {name}, আপনার টিকিট *{ticket}*-এর উত্তর *{text}*-এর সঙ্গে দেওয়া হবে।"
        "\n\n{ticket_url}\n\n{company}",
        subject="{ticket}-এর উত্তর {text}-এর সঙ্গে",
        email="প্রিয় {name},\n\nএকই বিষয়ে আপনি দুবার লিখেছেন। কিছু যেন বাদ না যায়, তাই {ticket}-এর "
        "উত্তর {text}-এর সঙ্গে দেব।\n\n{ticket_url}" + _SIGNED,
    ),
    "ticket_survey": Shipped(
        sms="প্রিয় {name}, {ticket}-এ আমাদের সেবা কেমন ছিল? এক ট্যাপে জানান: {survey_url} {company} "
        "আর প্রশ্ন না চাইলে: {quiet_url}",
        whatsapp="প্রিয় {name}, *{ticket}* ({subject})-এ আমাদের সেবা কেমন ছিল?\n\nএক ট্যাপেই হবে: "
        "{survey_url}\n\nধন্যবাদ। {company}\nআর প্রশ্ন না চাইলে: {quiet_url}",
        subject="{ticket}-এ আমাদের সেবা কেমন ছিল?",
        email="প্রিয় {name},\n\n{ticket} ({subject})-এ আমাদের সেবা কেমন লেগেছে জানতে চাই। এক ট্যাপেই "
        "হবে, সাইন ইন লাগবে না:\n\n{survey_url}\n\nলিংকটি চৌদ্দ দিন চলবে। ধন্যবাদ।"
        "\n\nআর কোনো প্রশ্ন না চাইলে: {quiet_url}" + _SIGNED,
    ),
    "opinion_survey": Shipped(
        sms="প্রিয় {name}, বন্ধুদের কি আমাদের কথা বলবেন? এক ট্যাপে জানান: {survey_url} {company} "
        "আর প্রশ্ন না চাইলে: {quiet_url}",
        whatsapp="প্রিয় {name}, বন্ধুদের কি আমাদের কথা বলবেন? ০ থেকে ১০, এক ট্যাপেই হবে: {survey_url}"
        "\n\nধন্যবাদ। {company}\nআর প্রশ্ন না চাইলে: {quiet_url}",
        subject="বন্ধুদের কি আমাদের কথা বলবেন?",
        email="প্রিয় {name},\n\nবন্ধুদের আমাদের কথা বলার সম্ভাবনা ০ থেকে ১০-এর মধ্যে কত? এক ট্যাপেই হবে, "
        "সাইন ইন লাগবে না:\n\n{survey_url}\n\nলিংকটি চৌদ্দ দিন চলবে। ধন্যবাদ।"
        "\n\nআর কোনো প্রশ্ন না চাইলে: {quiet_url}" + _SIGNED,
    ),
    "sla_report": Shipped(
        sms="{company}, {subject}:\n{text}",
        whatsapp="*{company}*, {subject}:\n{text}",
        subject="প্রতিশ্রুতি কতটা রাখা হলো: {subject}",
        email="প্রিয় {name},\n\n{subject}-এ টিকিটের প্রতিশ্রুতি কতটা রাখা হলো:\n\n{text}"
        "\n\nপুরো প্রতিবেদন (PDF): {report_url}" + _SIGNED,
    ),
    "sla_low": Shipped(
        sms="{company}: এ মাসের প্রতিশ্রুতির মাত্র {percent} % রাখা হয়েছে ({count})। {report_url}",
        whatsapp="*{company}*: এ মাসের প্রতিশ্রুতির মাত্র {percent} % রাখা হয়েছে ({count})।"
        "\n\n{report_url}",
        subject="প্রতিশ্রুতির মাত্র {percent} % রাখা হয়েছে",
        email="প্রিয় {name},\n\nএ মাসে টিকিটের প্রতিশ্রুতির এখন পর্যন্ত মাত্র {percent} % রাখা হয়েছে "
        "({count})। কোনগুলো ভাঙা হয়েছে, কার: {report_url}" + _SIGNED,
    ),
    "ticket_late": Shipped(
        sms="{ticket} ({subject}) দেরি হয়ে গেছে। {ticket_url}",
        whatsapp="{text}-এর *{ticket}* দেরি হয়ে গেছে: {subject}\n\n{ticket_url}",
        subject="দেরি: {ticket} {subject}",
        email="প্রিয় {name},\n\n{text}-এর {ticket}-এর প্রতিশ্রুত সময় শেষ।\n\nবিষয়: {subject}"
        "\n{ticket_url}" + _SIGNED,
    ),
    "bell": Shipped(
        sms="{text}: {subject}। {page_url}",
        whatsapp="*{text}*: {subject}\n\n{page_url}",
        subject="{text}: {subject}",
        email="প্রিয় {name},\n\n{text}: {subject}\n{page_url}" + _SIGNED,
    ),
    "router_down": Shipped(
        sms="{router} সাড়া দিচ্ছে না। {page_url}",
        whatsapp="*{router}* সাড়া দিচ্ছে না।\n\n{page_url}",
        subject="{router} সাড়া দিচ্ছে না",
        email="প্রিয় {name},\n\nরাউটার {router} সাড়া দিচ্ছে না।\n{page_url}" + _SIGNED,
    ),
    "bell_many": Shipped(
        sms="পাঁচ মিনিটে একই ধরনের {count}টির বেশি খবর। ইনবক্স দেখুন।",
        whatsapp="পাঁচ মিনিটে একই ধরনের {count}টির বেশি খবর। ইনবক্স দেখুন।",
        subject="পাঁচ মিনিটে একই ধরনের {count}টির বেশি খবর",
        email="প্রিয় {name},\n\nপাঁচ মিনিটে একই ধরনের {count}টির বেশি খবর এসেছে। ইনবক্স দেখুন।"
        + _SIGNED,
    ),
    "approval_asked": Shipped(
        sms="{amount}: {reason}। {page_url}",
        whatsapp="*{amount}*-এর জন্য আপনার অনুমোদন চাওয়া হয়েছে: {reason}\n\n{page_url}",
        subject="আপনার অনুমোদন চাওয়া হয়েছে: {amount}",
        email="প্রিয় {name},\n\n{amount}-এর জন্য আপনার অনুমোদন চাওয়া হয়েছে: {reason}\n{page_url}"
        + _SIGNED,
    ),
}
