"""How much somebody may still give alone."""

from decimal import Decimal

from django.conf import settings

from cases.actions.compensations import may_give
from cases.actions.deciding import grounds_of
from cases.models import Case, User
from cases.rules.vocabulary import CompensationNature


def may_approve_up_to(actor: User, case: Case, *, currency: str = "") -> Decimal | None:
    """Of goodwill, in this currency or the organization's own; ``None`` where there is no limit."""
    left = may_give(actor, grounds_of(case), CompensationNature.GOODWILL)
    wanted = currency or settings.AMENDS_CURRENCY
    return None if left is None else next((money.amount for money in left if money.currency == wanted), Decimal(0))
