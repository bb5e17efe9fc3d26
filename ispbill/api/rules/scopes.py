"""What a token may be good for. A scope opens nothing its owner's role does not open now.

Source: growth-api-rules 1.
"""

DASHBOARD_READ, DASHBOARD_WRITE = "dashboard:read", "dashboard:write"
CUSTOMERS_READ, CUSTOMERS_WRITE = "customers:read", "customers:write"
PAYMENTS_READ, PAYMENTS_WRITE = "payments:read", "payments:write"
TICKETS_READ, TICKETS_WRITE = "tickets:read", "tickets:write"
SERVICES_READ, SERVICES_SWITCH = "services:read", "services:switch"
BILLING_READ, BILLING_RUN = "billing:read", "billing:run"
USAGE_READ, AUDIT_READ = "usage:read", "audit:read"
REPORTS_READ = "reports:read"

# Staff: the capability a scope needs of the owner's role.
CAPABILITY = {
    CUSTOMERS_READ: "customers.view",
    CUSTOMERS_WRITE: "customers.edit",
    PAYMENTS_READ: "payments.view",
    PAYMENTS_WRITE: "payments.take",
    TICKETS_READ: "tickets.view",
    TICKETS_WRITE: "tickets.work",
    SERVICES_READ: "customers.view",
    SERVICES_SWITCH: "services.switch",
    BILLING_READ: "billing.view",
    BILLING_RUN: "billing.run",
    USAGE_READ: "network.view",
    AUDIT_READ: "audit.view",
    REPORTS_READ: "reports.view",
}
OF_CUSTOMERS = (DASHBOARD_READ, DASHBOARD_WRITE)
DAYS, MOST_DAYS = 90, 365
PREFIX = "isp_"
LENGTH = 40  # letters and digits after the prefix

# Calls a minute.
CUSTOMER, STAFF, STAFF_WRITES, ANONYMOUS = 60, 600, 60, 30
