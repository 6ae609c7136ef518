"""Two records of one customer, to be made one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from cases.actions import merging, records
from cases.web.forms.base import Button, RecordForm

if TYPE_CHECKING:
    from datetime import datetime

    from cases.errors import ConflictError
    from cases.models import Customer


class MergeForm(RecordForm):
    """Carries the versions of both records as the person saw them."""

    done = "Merged. Everything stands here now, and both names, addresses and numbers find this customer."
    buttons = (Button("Merge the two records", "users"),)

    other_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, keep: Customer, drop: Customer, **options: Any) -> None:
        super().__init__(*args, record=keep, initial={"other_version": drop.version}, **options)
        self.keep, self.drop = keep, drop

    @property
    def about(self) -> str:
        return f"{super().about} {self.drop.pk}"

    def check_version(self) -> None:
        super().check_version()
        records.check_version(self.drop, self.cleaned_data["other_version"], self.actor)

    def _give_back(self, error: ConflictError) -> None:
        super()._give_back(error)
        self.drop.refresh_from_db()
        self._hide("other_version", self.drop.version)

    def run(self, now: datetime) -> Customer:
        return merging.merge_customers(keep=self.keep, drop=self.drop, actor=self.staff, now=now)
