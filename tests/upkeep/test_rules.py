"""The worked examples of operations-rules 2 and 3."""

from datetime import UTC, datetime, timedelta

from ispbill.upkeep.rules import facts, number_gaps, retention


def test_the_digest_is_that_of_the_rules():
    told = {
        "seal.ledger": "",
        "table.billing_invoice": "9",
        "ledger.1100": "1725.00",
        "seal.audit": "",
    }

    found = facts.digest(told)

    assert (found[:8], found[-5:]) == ("b06ddbff", "9006d")


def test_what_is_not_as_it_was_is_named():
    found = facts.differences(
        expected={"a": "1", "b": "2", "c": "3"}, found={"a": "1", "b": "4", "d": "5"}
    )

    assert found == ["b: 2, now 4", "c: 3, now none", "d: none, now 5"]


def test_of_daily_copies_since_january_twenty_one_are_kept_in_november():
    newest = datetime(2026, 11, 22, 1, 10, tzinfo=UTC)
    days = (newest.date() - datetime(2026, 1, 1, tzinfo=UTC).date()).days
    copies = {number: newest - timedelta(days=number) for number in range(days + 1)}

    assert len(retention.kept(copies)) == 21
    assert retention.kept(copies) >= set(range(7))
    assert len(retention.kept(copies, verified=100)) == 22


def test_a_series_goes_on_behind_what_may_have_been_issued():
    skipped = number_gaps.skipped(busiest_day=310, gap_seconds=int(9.6 * 3600))

    assert skipped == 248
    assert 4217 + skipped + 1 == 4466
    assert number_gaps.skipped(busiest_day=3, gap_seconds=3600) == 100
