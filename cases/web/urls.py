"""Every address of the product. Each screen says its own; a test holds each against every role."""

from __future__ import annotations

from cases.web.views import (
    absences,
    bounces,
    case,
    case_list,
    customers,
    dashboard,
    health,
    learning,
    log,
    made_right,
    mail_links,
    mailbox,
    merging,
    metrics,
    profile,
    reminders,
    work,
)

app_name = "cases"

urlpatterns = [
    *absences.urlpatterns,
    *work.urlpatterns,
    *log.urlpatterns,
    *case_list.urlpatterns,
    *case.urlpatterns,
    *customers.urlpatterns,
    *merging.urlpatterns,
    *dashboard.urlpatterns,
    *learning.urlpatterns,
    *made_right.urlpatterns,
    *mail_links.urlpatterns,
    *mailbox.urlpatterns,
    *profile.urlpatterns,
    *reminders.urlpatterns,
    *bounces.urlpatterns,
    *health.urlpatterns,
    *metrics.urlpatterns,
]
