"""Names of invented people and firms, in English and in Bangla script."""

FIRST_NAMES = [
    ("Abdul", "আব্দুল"), ("Aminul", "আমিনুল"), ("Anika", "আনিকা"), ("Arif", "আরিফ"),
    ("Asma", "আসমা"), ("Ayesha", "আয়েশা"), ("Bilkis", "বিলকিস"), ("Delwar", "দেলোয়ার"),
    ("Farzana", "ফারজানা"), ("Fatema", "ফাতেমা"), ("Habib", "হাবিব"), ("Hasina", "হাসিনা"),
    ("Imran", "ইমরান"), ("Jahanara", "জাহানারা"), ("Jasim", "জসিম"), ("Kamal", "কামাল"),
    ("Khadija", "খাদিজা"), ("Liton", "লিটন"), ("Mahmuda", "মাহমুদা"), ("Masud", "মাসুদ"),
    ("Mizanur", "মিজানুর"), ("Monira", "মনিরা"), ("Nasrin", "নাসরিন"), ("Nazrul", "নজরুল"),
    ("Parvin", "পারভীন"), ("Polash", "পলাশ"), ("Rafiqul", "রফিকুল"), ("Rashed", "রাশেদ"),
    ("Rokeya", "রোকেয়া"), ("Rubel", "রুবেল"), ("Sadia", "সাদিয়া"), ("Salma", "সালমা"),
    ("Shafiq", "শফিক"), ("Shahana", "শাহানা"), ("Shamim", "শামীম"), ("Sharmin", "শারমিন"),
    ("Sohel", "সোহেল"), ("Sumaiya", "সুমাইয়া"), ("Tahmina", "তাহমিনা"), ("Tareq", "তারেক"),
    ("Anjali", "অঞ্জলি"), ("Bimal", "বিমল"), ("Dipak", "দীপক"), ("Gopal", "গোপাল"),
    ("Mitali", "মিতালী"), ("Prodip", "প্রদীপ"), ("Shanta", "শান্তা"), ("Tapan", "তপন"),
]  # fmt: skip
LAST_NAMES = [
    ("Ahmed", "আহমেদ"), ("Akter", "আক্তার"), ("Alam", "আলম"), ("Ali", "আলী"),
    ("Begum", "বেগম"), ("Bhuiyan", "ভূঁইয়া"), ("Chowdhury", "চৌধুরী"), ("Das", "দাস"),
    ("Ghosh", "ঘোষ"), ("Haque", "হক"), ("Hasan", "হাসান"), ("Hossain", "হোসেন"),
    ("Islam", "ইসলাম"), ("Karim", "করিম"), ("Khan", "খান"), ("Khatun", "খাতুন"),
    ("Mia", "মিয়া"), ("Mollah", "মোল্লা"), ("Rahman", "রহমান"), ("Roy", "রায়"),
    ("Saha", "সাহা"), ("Sarker", "সরকার"), ("Sikder", "সিকদার"), ("Sultana", "সুলতানা"),
    ("Talukder", "তালুকদার"), ("Uddin", "উদ্দিন"),
]  # fmt: skip
FIRMS = [
    ("Traders", "ট্রেডার্স"), ("Enterprise", "এন্টারপ্রাইজ"), ("Pharmacy", "ফার্মেসি"),
    ("Computers", "কম্পিউটার্স"), ("Fashion House", "ফ্যাশন হাউস"), ("Diagnostics", "ডায়াগনস্টিকস"),
    ("Coaching Centre", "কোচিং সেন্টার"), ("Restaurant", "রেস্তোরাঁ"),
]  # fmt: skip
CPE_MAKES = ("TP-Link XC220", "Huawei HG8310M", "VSOL V2802", "BDCOM P1501", "ZTE F601")
PEAK_HOURS = ("19–22", "20–23", "21–24", "18–21")
LEAD_SOURCES = ("Walk-in", "Facebook", "Referral", "Phone call", "Website", "Leaflet")
LOST_REASONS = (
    "Another provider was cheaper",
    "No fibre in the building yet",
    "Moved to another area",
    "Wanted a higher speed than offered there",
)
NOTES = (
    "Asked for a call before the technician comes.",
    "Pays at the counter, usually in the evening.",
    "Router moved to the second floor.",
    "Wants bills by SMS only.",
    "Complained of slow evenings; signal measured, fine.",
    "Landlord allows cabling only on Fridays.",
)
