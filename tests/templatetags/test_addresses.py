"""Addresses that are put together without asking the resolver each time."""

from django.urls import reverse

from cases.templatetags.addresses import case_address, verb_address


def test_they_are_the_ones_that_the_resolver_finds() -> None:
    assert case_address("SR-1042") == reverse("cases:case", args=("SR-1042",))
    assert verb_address("SR-1042", "keep-promise") == reverse("cases:do", args=("SR-1042", "keep-promise"))
