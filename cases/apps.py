"""The Django application that holds the product."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, override

from django import forms
from django.apps import AppConfig
from django.db.models.signals import post_migrate

from cases.rules.texts import plain_lines

if TYPE_CHECKING:
    from collections.abc import Callable


class CasesConfig(AppConfig):
    """Everything a recovery needs; the site around it is ``recovery/``."""

    name = "cases"
    verbose_name = "Service recovery"
    default_auto_field = "django.db.models.BigAutoField"

    @override
    def ready(self) -> None:
        """Every text field of every form reads a line break as one character, those of settings and sign-in included.

        Django has no setting for it, and a field class of ours would miss the fields of others.
        """
        from cases.models.search_tables import install_after_migrating  # noqa: PLC0415 - models come after apps

        forms.CharField.to_python = _reading_plain_lines(forms.CharField.to_python)  # type: ignore[method-assign]
        post_migrate.connect(install_after_migrating, sender=self)


def _reading_plain_lines(to_python: Callable[[forms.CharField, Any], str | None]) -> Callable[..., str | None]:
    def read(field: forms.CharField, value: object) -> str | None:
        return to_python(field, plain_lines(value) if isinstance(value, str) else value)

    return read
