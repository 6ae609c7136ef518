"""The addresses of a case, where a page names dozens of them: Django's ``reverse`` took a fifth of the time of a list.

Limit: references and names of verbs, which are of letters, digits and hyphens only.
"""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.urls import reverse

register = template.Library()


@register.filter
def case_address(reference: str) -> str:
    """``{{ case.reference|case_address }}``: the page of a case."""
    return f"{_before()}{reference}/"


@register.filter
def verb_address(reference: str, name: str) -> str:
    """``{{ case.reference|verb_address:"promise" }}``: one thing that can be done with a case."""
    return f"{_before()}{reference}/{_between()}{name}/"


@lru_cache(maxsize=1)
def _before() -> str:
    """What stands before the reference."""
    return reverse("cases:case", args=("REFERENCE",)).partition("REFERENCE")[0]


@lru_cache(maxsize=1)
def _between() -> str:
    """What stands between the reference and the verb."""
    return reverse("cases:do", args=("REFERENCE", "VERB")).partition("REFERENCE/")[2].partition("VERB")[0]
