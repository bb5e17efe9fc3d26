"""Tickets by e-mail, read from an IMAP server of another author on the loopback."""

from datetime import timedelta

import pytest
from django.urls import reverse

from ispbill.core.acts import Act
from ispbill.core.errors import ReasonMissing
from ispbill.notifications.models import Bounce, Message
from ispbill.notifications.services.names import client_id
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.tickets import SATURDAY, strange_mail
from tests.tickets.conftest import PASSWORD
from tests.tickets.mails import bounce, mail, name_of
from tickets.models import InboundMail, Mailbox, Ticket
from tickets.queries import mail as mails
from tickets.services import (
    conversation,
    mail_deciding,
    mail_fetching,
    mail_sorting,
    mailboxes,
    merging,
    resolution,
)

pytestmark = pytest.mark.django_db
AT = SATURDAY


def fetch(at=AT):
    return mail_fetching.fetch_all(act=Act(None, at))


def states():
    return list(InboundMail.objects.order_by("pk").values_list("state", flat=True))


def test_a_customer_s_mail_opens_a_ticket_once(box, deliver, amina):
    raw = mail()
    deliver(raw, raw)  # the same mail twice, as with an alias
    assert fetch() == 1
    assert fetch() == 0
    ticket = Ticket.objects.get()
    assert (ticket.customer, ticket.channel, ticket.subject) == (amina, "EMAIL", "No internet")
    comment = ticket.comments.get()
    assert (comment.text, comment.author_name) == ("My line is down since noon.", "Amina Begum")
    assert comment.mail.ticket == ticket
    told = Message.objects.filter(event="ticket_received", channel="EMAIL").get()
    assert told.context["thread"]["reply_to"] == mails.answer_address(ticket)


def test_what_lay_there_before_is_left_alone_and_who_dies_in_between_keeps_it_once(
    box, deliver, amina, monkeypatch
):
    assert InboundMail.objects.count() == 0
    deliver(mail())

    def die(_box, _uid):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(mail_fetching.Box, "mark_seen", die)
        with pytest.raises(KeyboardInterrupt):
            fetch()
    fetch()
    assert (InboundMail.objects.count(), Ticket.objects.count()) == (1, 1)


def test_an_answer_finds_its_ticket_by_address_by_reference_and_by_number(box, deliver, amina):
    first = mail()
    deliver(first)
    fetch()
    ticket = Ticket.objects.get()
    told = Message.objects.get(event="ticket_received", channel="EMAIL")
    deliver(
        mail("By address.", to=mails.answer_address(ticket), sender="x@work.test"),
        mail("By our mail.", In_Reply_To=f"<{client_id(told)}@demo.test>"),
        mail("By her own.", References=f"<unknown@mail.test> <{name_of(first)}>"),
        mail("By number.", subject=f"Re: [{ticket.number}] No internet"),
        mail("Guessed.", subject=f"[{ticket.number}]", sender="stranger@mail.test"),
    )
    fetch()
    said = list(ticket.comments.order_by("pk").values_list("text", flat=True))
    assert said[1:] == ["By address.", "By our mail.", "By her own.", "By number."]
    flagged = InboundMail.objects.filter(is_from_stranger=True)
    assert [one.comment.text for one in flagged] == ["By address."]
    assert states()[-1] == "STRANGER"
    assert mails.answer_address(ticket).replace("-0", "-1") != mails.answer_address(ticket)


def test_a_forged_proof_leads_nowhere(box, deliver, amina):
    deliver(mail())
    fetch()
    address = mails.answer_address(Ticket.objects.get())
    forged = address.replace("@", "0@")[: -len("@demo.test")][:-2] + "ff@demo.test"
    deliver(mail("Forged.", to=forged, sender="stranger@mail.test"))
    fetch()
    assert states()[-1] == "STRANGER"


def test_strangers_wait_for_somebody_who_says_whose_it_is(box, deliver, amina):
    CustomerFactory.create_batch(2, email="shared@mail.test")
    deliver(mail(sender="new@mail.test"), mail(sender="Shared@mail.test"))
    fetch()
    assert states() == ["STRANGER", "STRANGER"]
    assert Ticket.objects.count() == 0
    row, other = InboundMail.objects.order_by("pk")
    agent = UserFactory(role="SUPPORT")
    with pytest.raises(ReasonMissing):
        mail_deciding.take_for(row=row, customer=amina, act=Act(agent, AT))
    act = Act(agent, AT, reason="she writes from her office")
    ticket = mail_deciding.take_for(row=row, customer=amina, act=act)
    assert (ticket.customer, ticket.comments.get().author_name) == (amina, "Amina Begum")
    mail_deciding.discard(row=other, act=Act(agent, AT, reason="advertising for shoes"))
    assert states() == ["TAKEN", "DISCARDED"]
    with pytest.raises(mail_deciding.Decided):
        mail_deciding.discard(row=other, act=Act(agent, AT, reason="advertising for shoes"))


def test_machines_open_nothing_and_resume_nothing(box, deliver, amina):
    deliver(mail())
    fetch()
    ticket = Ticket.objects.get()
    agent = UserFactory(role="SUPPORT")
    words = conversation.Words("Is it up?")
    conversation.reply(ticket=ticket, words=words, then_waits=True, act=Act(agent, AT))
    address = mails.answer_address(ticket)
    before = Message.objects.count()
    deliver(
        mail("I am away.", to=address, Auto_Submitted="auto-replied"),
        mail("News.", Precedence="bulk"),
        mail("A loop.", sender=mails.answer_address(ticket)),
    )
    fetch()
    ticket.refresh_from_db()
    assert (ticket.state, Ticket.objects.count()) == ("WAITING_CUSTOMER", 1)
    assert states()[1:] == ["NOTED", "MACHINE", "MACHINE"]
    assert "I am away." in ticket.remarks.get().text
    assert Message.objects.count() == before


def test_the_eleventh_mail_of_half_an_hour_is_held_and_only_the_first_is_acknowledged(
    box, deliver, amina
):
    deliver(*[mail(f"Number {one}.") for one in range(12)])
    fetch()
    assert states() == ["TAKEN"] * 10 + ["HELD"] * 2
    assert Message.objects.filter(event="ticket_received", channel="EMAIL").count() == 1
    held = InboundMail.objects.filter(state="HELD").first()
    mail_deciding.try_again(row=held, act=Act(UserFactory(role="SUPPORT"), AT))
    assert held.state == "HELD"
    held.refresh_from_db()
    assert held.state == "TAKEN"


def test_no_reply_is_not_acknowledged(box, deliver):
    CustomerFactory(email="no-reply@mail.test")
    deliver(mail(sender="no-reply@mail.test"))
    fetch()
    assert Ticket.objects.count() == 1
    assert not Message.objects.filter(event="ticket_received").exists()


def test_files_that_are_not_what_they_say_are_left_out_and_said(box, deliver, amina):
    deliver(mail(files=[("line.txt", b"ping 8.8.8.8"), ("bill.pdf", b"MZ\x90 no paper")]))
    fetch()
    comment = Ticket.objects.get().comments.get()
    assert [one.name for one in comment.attachments.all()] == ["line.txt"]
    assert "bill.pdf" in comment.text


def test_a_mail_that_is_too_large_is_told_of_once_and_never_fetched_whole(
    box, deliver, amina, monkeypatch
):
    monkeypatch.setattr(mail_fetching, "LARGEST", 2_000)
    deliver(mail("x " * 5_000))
    fetch()
    row = InboundMail.objects.get()
    assert (row.state, row.size > 2_000, len(row.raw) < 2_000) == ("TOO_LARGE", True, True)
    told = Message.objects.get(event="mail_too_large")
    assert (told.channel, told.recipient) == ("EMAIL", "amina@mail.test")


def test_a_bad_mail_is_parked_after_three_tries_and_the_next_goes_on(
    box, deliver, amina, monkeypatch
):
    take = mail_sorting.take

    def trip(row, **how):
        if row.subject == "bad":
            raise ValueError("trips")
        take(row, **how)

    monkeypatch.setattr(mail_sorting, "take", trip)
    deliver(mail(subject="bad"), mail())
    for _visit in range(3):
        fetch()
    assert states() == ["PARKED", "TAKEN"]


def test_an_answer_to_a_merged_ticket_goes_to_the_last_and_to_a_closed_one_opens_a_new_one(
    box, deliver, amina
):
    deliver(mail("First."), mail("Second."))
    fetch()
    older, newer = Ticket.objects.order_by("pk")
    agent = UserFactory(role="OWNER")
    merging.merge(one=older, other=newer, act=Act(agent, AT, reason="both about one line"))
    deliver(mail("To the second.", to=mails.answer_address(newer)))
    fetch()
    assert older.comments.order_by("pk").last().text == "To the second."
    resolution.resolve(ticket=older, cause="FIXED", text="It is up.", act=Act(agent, AT))
    later = AT + timedelta(days=9)
    resolution.close_old(act=Act(None, later))
    deliver(mail("Down again.", to=mails.answer_address(older)))
    fetch(later)
    following = Ticket.objects.order_by("pk").last()
    assert (following.follows, following.customer) == (older, amina)


def sent(amina, number):
    return Message.objects.create(
        dedup_key=f"invoice_issued:INV-{number}:EMAIL",
        event="invoice_issued",
        channel="EMAIL",
        recipient=amina.email,
        customer_id=amina.pk,
        state="SENT",
        provider="smtp",
        next_attempt_at=AT,
        created_at=AT,
        sent_at=AT,
    )


def test_a_bounce_fails_the_message_ends_the_address_and_sends_an_sms(box, deliver, amina):
    message = sent(amina, 1)
    name = client_id(message)
    deliver(
        bounce("other@mail.test", f"{name}@demo.test"),  # not the message's address
        bounce(amina.email, f"{name}@demo.test"),
    )
    fetch()
    message.refresh_from_db()
    assert (message.state, states()) == ("FAILED", ["MACHINE", "MACHINE"])
    assert Bounce.objects.get().address == amina.email
    instead = Message.objects.get(instead_of_id=message.pk)
    assert (instead.channel, instead.recipient) == ("SMS", amina.phone)


def test_the_third_soft_bounce_of_a_week_ends_the_address(box, deliver, amina):
    for day, number in ((0, 1), (3, 2), (6, 3)):
        name = client_id(sent(amina, number))
        deliver(bounce(amina.email, f"{name}@demo.test", "4.2.2"))
        fetch(AT + timedelta(days=day))
    finals = list(Bounce.objects.order_by("pk").values_list("is_final", flat=True))
    assert finals == [False, False, True]


def test_a_mailbox_out_of_reach_says_so_and_the_next_is_read(box, deliver, amina):
    Mailbox.objects.filter(pk=box.pk).update(port=9)
    assert fetch() == 0
    box.refresh_from_db()
    assert "refused" in box.error.lower()
    assert PASSWORD not in box.error


def test_another_server_needs_the_password_again(box):
    values = {name: getattr(box, name) for name in mailboxes.EDITABLE} | {"host": "mx.other.test"}
    with pytest.raises(mailboxes.MailboxRefused):
        mailboxes.save(row=box, values=values, password="", act=Act(UserFactory(role="OWNER"), AT))


def test_a_stranger_is_answered_and_the_answer_comes_back_to_the_mailbox():
    row = strange_mail(raw=mail("Do you serve Uttara?", sender="Nila <nila@mail.test>"))
    agent = UserFactory(role="SUPPORT")

    mail_deciding.answer(row=row, text="Yes, from next month.", act=Act(agent, AT))

    told = Message.objects.get(event="mail_answered")
    assert (told.recipient, told.channel) == ("nila@mail.test", "EMAIL")
    assert told.context["thread"]["reply_to"] == row.mailbox.address
    assert told.context["text"] == "Yes, from next month."
    row.refresh_from_db()
    assert (row.state, row.decided_by) == ("ANSWERED", agent)
    with pytest.raises(mail_deciding.Decided):
        mail_deciding.answer(row=row, text="Twice.", act=Act(agent, AT))


@pytest.mark.parametrize(
    "raw",
    [
        mail(sender="noreply@shop.test"),
        mail(sender="Nila <nila@mail.test>", Auto_Submitted="auto-generated"),
    ],
)
def test_nobody_who_reads_no_answers_is_answered(raw):
    row = strange_mail(raw=raw)

    with pytest.raises(mail_deciding.TakesNoReply):
        mail_deciding.answer(row=row, text="Yes.", act=Act(UserFactory(role="SUPPORT"), AT))
    assert not Message.objects.exists()


def test_who_wants_to_become_a_customer_becomes_a_lead(client):
    row = strange_mail(raw=mail("I live in Uttara.", sender="Nila <nila@mail.test>"))
    InboundMail.objects.filter(pk=row.pk).update(sender="nila@mail.test", sender_name="Nila")
    client.force_login(UserFactory(role="SUPPORT"))
    address = reverse("staff_tickets:lead-of-mail", args=[row.pk])
    asked = client.get(address)
    given = {**asked.context["form"].initial, "phone": "01711000099"}
    given["branch"] = BranchFactory().pk

    client.post(address, given)

    row.refresh_from_db()
    assert (row.state, row.lead.name, row.lead.email) == ("LEAD", "Nila", "nila@mail.test")
    assert "I live in Uttara." in row.lead.notes
    assert "Nila" in client.get(reverse("staff_tickets:one-mail", args=[row.pk])).content.decode()
