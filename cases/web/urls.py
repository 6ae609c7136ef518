"""Every address of the product. Each screen says its own; a test holds each against every role."""

from __future__ import annotations

from cases.web.views import (
    case,
    case_list,
    customers,
    dashboard,
    health,
    learning,
    log,
    made_right,
    mailbox,
    profile,
    work,
)

app_name = "cases"

urlpatterns = [
    *work.urlpatterns,
    *log.urlpatterns,
    *case_list.urlpatterns,
    *case.urlpatterns,
    *customers.urlpatterns,
    *dashboard.urlpatterns,
    *learning.urlpatterns,
    *made_right.urlpatterns,
    *mailbox.urlpatterns,
    *profile.urlpatterns,
    *health.urlpatterns,
]
