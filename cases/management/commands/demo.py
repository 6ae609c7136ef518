"""Fill an empty database with an invented organization, and say who can sign in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cases.demo.load import load_demo
from cases.demo.sign_ins import SIGN_INS
from cases.errors import AmendsError
from cases.models import Case, User
from cases.rules.vocabulary import Role

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    help = "Fill an empty database with an invented organization and its cases."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing where there are cases already")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["if_empty"] and Case.objects.exists():
            return
        if not settings.AMENDS_DEMO:
            raise CommandError(
                "The demo's passwords are known to everybody. Set AMENDS_DEMO=on where that does no harm."
            )
        try:
            load_demo(
                now=timezone.now(),
                zone=settings.AMENDS_TIME_ZONE,
                country=settings.AMENDS_COUNTRY,
                currency=settings.AMENDS_CURRENCY,
            )
        except AmendsError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{Case.objects.count()} invented cases are at {settings.AMENDS_BASE_URL}. Sign in as")
        for email, password in SIGN_INS.items():
            user = User.objects.get(email=email)
            self.stdout.write(f"  {Role(user.role).label:<14} {user.name:<13} {email:<18} {password}")
