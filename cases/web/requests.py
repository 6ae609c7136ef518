"""A request by somebody who is signed in, so that views and their types agree on who that is."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from cases import permissions
from cases.models import User

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse
    from django.http.response import HttpResponseBase

    from cases.permissions import Verb


class StaffRequest(HttpRequest):
    """``user`` is a member of staff. Only a type: requests are not made of it."""

    user: User


def staff[V: Callable[..., HttpResponseBase]](view: V) -> V:
    """For signed-in staff only; others are led to the sign-in."""
    return login_required(view)


def staff_who_may(verb: Verb) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """For staff whose role includes ``verb``; 403 for others."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: StaffRequest, *args: object, **kwargs: object) -> HttpResponse:
            if not permissions.may(request.user, verb):
                raise PermissionDenied(f"Your role does not let you {verb}.")
            return view(request, *args, **kwargs)

        return login_required(guarded)

    return decorate
