"""Addresses of the site: the product, sign-in, and the administrators' pages."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

# Django's own admin form has no rate limit: administrators sign in where everybody does.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("admin/", admin.site.urls),
    # An address changes through an administrator, because reminders go to it.
    path("accounts/email/", RedirectView.as_view(pattern_name="cases:profile"), name="account_email"),
    path("accounts/", include("allauth.account.urls")),
    path("", include("cases.web.urls")),
]

handler400 = "cases.web.errors.bad_request"
handler403 = "cases.web.errors.forbidden"
handler404 = "cases.web.errors.not_found"
handler500 = "cases.web.errors.server_error"
