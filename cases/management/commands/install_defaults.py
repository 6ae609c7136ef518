"""Give an empty database a working week, deadlines and authority. Running it again adds nothing."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from cases.actions.defaults import install_defaults


class Command(BaseCommand):
    help = "Add the default working week, deadlines and authority where there are none."

    def handle(self, *_args: Any, **_options: Any) -> None:
        install_defaults(
            zone=settings.AMENDS_TIME_ZONE, country=settings.AMENDS_COUNTRY, currency=settings.AMENDS_CURRENCY
        )
        self.stdout.write("The working week, the deadlines and the limits of authority are there.")
