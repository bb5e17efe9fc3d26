"""Who can sign in to the demo company. Standard library only: printed before Django starts.

Both profiles of `seed_demo` make these logins; the customers are the six of the `e2e` fixture,
who are the first six customers of the larger demo company too.
"""

PASSWORD = "Test-12345!"  # noqa: S105 - the demo's own, printed on start and in the documentation

STAFF: list[tuple[str, str, str]] = [  # role label, login, role
    ("Owner", "owner@demo.test", "OWNER"),
    ("Billing officer", "billing@demo.test", "BILLING"),
    ("Cashier", "cashier@demo.test", "CASHIER"),
    ("Support agent", "support@demo.test", "SUPPORT"),
    ("Network engineer", "noc@demo.test", "NOC"),
    ("Sales", "sales@demo.test", "SALES"),
    ("Branch manager Chattogram", "manager.ctg@demo.test", "BRANCH_MANAGER"),
    ("Auditor (read only)", "auditor@demo.test", "AUDITOR"),
    ("Technician 1", "tech1@demo.test", "TECHNICIAN"),
    ("Technician 2", "tech2@demo.test", "TECHNICIAN"),
    ("Collector", "collector@demo.test", "COLLECTOR"),
]
RESELLERS: list[tuple[str, str]] = [
    ("Reseller Uttara-4", "r1@demo.test"),
    ("Reseller Mirpur-10", "r2@demo.test"),
]
CUSTOMERS: list[tuple[str, str]] = [
    ("Amina Begum", "01711000001"),
    ("Babul Hossain", "01711000002"),
    ("Chitra Roy", "01711000003"),
    ("Dulal Mia", "01711000004"),
    ("Eva Das", "01711000005"),
    ("Faruk Ahmed", "01711000006"),
]
ZA_CUSTOMERS: list[tuple[str, str]] = [
    ("Thandi Nkosi", "0825551000"),
    ("Lindiwe Mahlangu", "0825551004"),
]


def _address(role: str) -> str:
    return "/technician/" if role in {"TECHNICIAN", "COLLECTOR"} else "/admin/"


# (role label, login, password, address), as `manage.py demo` prints them.
LOGINS: list[tuple[str, str, str, str]] = [
    *((label, login, PASSWORD, _address(role)) for label, login, role in STAFF),
    *((label, login, PASSWORD, "/reseller-portal/") for label, login in RESELLERS),
    *((f"Customer {name}", phone, PASSWORD, "/portal/") for name, phone in CUSTOMERS),
]
# Those of the profile `za`: Thandi pays by debit order, Lindiwe's came back once.
ZA_LOGINS: list[tuple[str, str, str, str]] = [
    *(
        (label.replace("Chattogram", "Durban"), login, PASSWORD, _address(role))
        for label, login, role in STAFF
    ),
    *((f"Customer {name}", phone, PASSWORD, "/portal/") for name, phone in ZA_CUSTOMERS),
]
