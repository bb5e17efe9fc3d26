from tickets.models.conversation import Attachment, CannedReply, Comment, TicketNote
from tickets.models.mail import InboundMail, Mailbox
from tickets.models.opinion import Opinion, SurveyRefusal
from tickets.models.policy import OpeningHours, SlaPolicy
from tickets.models.settings import SupportSettings
from tickets.models.survey import Survey
from tickets.models.team import Category, Team, TeamMember
from tickets.models.ticket import Ticket
from tickets.models.ticket_clock import TicketClock

__all__ = [
    "Attachment",
    "CannedReply",
    "Category",
    "Comment",
    "InboundMail",
    "Mailbox",
    "OpeningHours",
    "Opinion",
    "SlaPolicy",
    "SupportSettings",
    "Survey",
    "SurveyRefusal",
    "Team",
    "TeamMember",
    "Ticket",
    "TicketClock",
    "TicketNote",
]
