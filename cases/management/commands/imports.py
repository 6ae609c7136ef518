"""List the imports, and take one back while nobody has worked on its cases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count
from django.utils import timezone

from cases.actions.importing.load import choose_actor
from cases.actions.importing.undo import undo_import
from cases.errors import AmendsError, GuardError
from cases.models import Case, ImportBatch

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    help = "List the imports, the newest first; or take one back, all of it or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--undo", metavar="KEY", default="", help="take this import back")
        parser.add_argument("--as", dest="email", default="", help="the administrator who does it (by mail address)")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not options["undo"]:
            self._list()
            return
        batch = next((one for one in ImportBatch.objects.all() if str(one.public_id) == options["undo"]), None)
        if batch is None:
            raise CommandError("There is no such import. Without --undo, this command lists them with their keys.")
        try:
            hidden = undo_import(batch=batch, actor=choose_actor(options["email"]), now=timezone.now())
        except GuardError as error:
            raise CommandError(f"{error.sentence}\n" + "\n".join(error.missing)) from error
        except AmendsError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{hidden:,} {'case was' if hidden == 1 else 'cases were'} taken back.")

    def _list(self) -> None:
        counted = Case.everything.filter(batch__isnull=False).order_by().values_list("batch").annotate(Count("pk"))
        cases = dict(counted)
        for batch in ImportBatch.objects.select_related("by", "undone_by"):
            at, number = timezone.localtime(batch.at), cases.get(batch.pk, 0)
            self.stdout.write(f"{batch.public_id}  {at:%Y-%m-%d %H:%M %Z}  {number:,} cases  {batch}  by {batch.by}")
            if batch.undone_at is not None:
                self.stdout.write(
                    f"    taken back {timezone.localtime(batch.undone_at):%Y-%m-%d %H:%M %Z}, by {batch.undone_by}"
                )
