"""Figures for Prometheus: what is owed by mail, and whether it leaves. For a machine with a token, and without a word
about cases.

Each scrape asks the database, so that every web process gives the same answer and a restart forgets nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector

from cases.reports import health

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest
    from prometheus_client import Metric

    from cases.reports.health import Figures


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """404 where no token is set: then nobody is meant to ask."""
    token: str = settings.AMENDS_METRICS_TOKEN
    if not token:
        raise Http404
    if not constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {token}"):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Scrape(health.figures(timezone.now())))
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)


class _Scrape(Collector):
    """One answer, in Prometheus' words."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        found = self._figures
        yield CounterMetricFamily("amends_mails_sent", "Mails that the mail server took.", found.sent)
        yield CounterMetricFamily("amends_mails_failed", "Mails that were given up.", found.failed)
        yield CounterMetricFamily("amends_mails_bounced", "Mails that left and came back.", found.bounced)
        for name, words, value in _gauges(found):
            if value is not None:
                yield GaugeMetricFamily(name, words, value)
        trouble = GaugeMetricFamily("amends_trouble", "1 while managers see the banner about it.", labels=["code"])
        for code, is_so in found.troubles.items():
            trouble.add_metric([code], is_so)
        yield trouble
        leads = GaugeMetricFamily("amends_beat_leads_since_seconds", "Which beat leads, since when.", labels=["holder"])
        if found.leader is not None:
            holder, since = found.leader
            leads.add_metric([holder], since.timestamp())
        yield leads


def _gauges(found: Figures) -> Iterator[tuple[str, str, float | None]]:
    """What has no value yet is left out: a nought would be a lie."""
    yield "amends_mails_owed", "Mails that wait to leave.", found.owed
    yield "amends_mails_put_off", "Those that wait because their recipient's server put them off.", found.put_off
    yield "amends_notices_not_understood", "Mails to the address for bounces that are listed.", found.strays
    yield "amends_oldest_mail_age_seconds", "How long the oldest of them has waited.", found.oldest_age
    yield "amends_mails_per_second", "Speed of the latest sweeps that sent anything.", found.mails_per_second
    yield "amends_reminders_unsent", "Reminders that are in no mail yet.", found.reminders_unsent
    yield "amends_sweep_seconds", "How long the last sweep took.", found.sweep_seconds
    yield "amends_sweep_age_seconds", "How long ago the last sweep ended.", found.sweep_age
    yield "amends_mail_server_reached", "0 if the last sweep could not reach it.", found.is_server_reached


urlpatterns = [path("metrics", metrics, name="metrics")]
