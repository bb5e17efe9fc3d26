"""ValidateBankAccount: rules of our own, simple enough to make numbers in one's head.

- The branch must be one of BRANCHES, else "1".
- The digits of the account number must add up to an even number, else "2".
- The kind must be 1, 2 or 3, else "3".
- Number (4 to 11 digits) and branch must be digits, else "4".
- 4000000001 … 4000000004 always give that last digit as the answer; 4000000000 is always valid.
"""

BRANCHES = {
    "632005": "Absa",
    "250655": "FNB",
    "198765": "Nedbank",
    "051001": "Standard Bank",
    "470010": "Capitec",
    "679000": "Discovery",
    "678910": "TymeBank",
    "430000": "African Bank",
    "462005": "Bidvest",
    "580105": "Investec",
}
_FIXED = {f"400000000{answer}": str(answer) for answer in range(5)}


def verdict(number: str, branch: str, kind: str) -> str:
    """Return Netcash's answer: "0" is valid."""
    if not _digits(number, 4, 11) or not _digits(branch, 6, 6) or not _digits(kind, 1, 1):
        return "4"
    if number in _FIXED:
        return _FIXED[number]
    if branch not in BRANCHES:
        return "1"
    if kind not in {"1", "2", "3"}:
        return "3"
    return "2" if sum(map(int, number)) % 2 else "0"


def _digits(text: str, fewest: int, most: int) -> bool:
    return text.isascii() and text.isdigit() and fewest <= len(text) <= most
