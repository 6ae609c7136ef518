"""The client's address, and whom we believe it from."""

from ipaddress import ip_network

import pytest
from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django.fixtures import Settings

from recovery.proxies import ClientAddressMiddleware

PROXY, STRANGER = "10.1.2.3", "203.0.113.9"


@pytest.fixture(autouse=True)
def behind_a_proxy(settings: Settings) -> None:
    settings.AMENDS_PROXIES = 1
    settings.AMENDS_PROXY_ADDRESSES = [ip_network("10.0.0.0/8")]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")


def seen(peer: str, **headers: str) -> HttpRequest:
    """The request as views see it."""
    request = RequestFactory().get("/")
    request.META |= {"REMOTE_ADDR": peer, **headers}
    ClientAddressMiddleware(lambda _: HttpResponse())(request)
    return request


@pytest.mark.parametrize(
    ("forwarded", "proxies", "address"),
    [
        ("198.51.100.7", 1, "198.51.100.7"),
        ("1.1.1.1, 198.51.100.7", 1, "198.51.100.7"),
        ("1.1.1.1, 198.51.100.7, 10.9.9.9", 2, "198.51.100.7"),
        ("198.51.100.7", 2, "198.51.100.7"),
        ("198.51.100.7:50123", 1, "198.51.100.7"),
        ("[2001:db8::7]:443", 1, "2001:db8::7"),
        ("2001:db8::7", 1, "2001:db8::7"),
        ("1.1.1.1, unknown", 1, PROXY),
        ("", 1, PROXY),
    ],
)
def test_a_proxy_says_whom_it_saw_at_the_right_hand_end(
    settings: Settings, forwarded: str, proxies: int, address: str
) -> None:
    settings.AMENDS_PROXIES = proxies
    request = seen(PROXY, HTTP_X_FORWARDED_FOR=forwarded)
    assert request.META["REMOTE_ADDR"] == address
    assert get_adapter().get_client_ip(request) == address


@pytest.mark.parametrize("peer", [STRANGER, "127.0.0.1", "::1", ""])
def test_a_stranger_forwards_nothing(peer: str) -> None:
    request = seen(peer, HTTP_X_FORWARDED_FOR="1.1.1.1", HTTP_X_FORWARDED_PROTO="https", HTTP_X_REAL_IP="1.1.1.1")
    assert request.META["REMOTE_ADDR"] == peer
    assert not request.is_secure()
    assert not [name for name in request.META if "FORWARDED" in name or "REAL_IP" in name]


def test_a_proxy_that_speaks_ipv4_over_ipv6_is_known() -> None:
    assert seen(f"::ffff:{PROXY}", HTTP_X_FORWARDED_FOR="1.1.1.1").META["REMOTE_ADDR"] == "1.1.1.1"


def test_a_proxy_says_whether_it_was_https() -> None:
    assert seen(PROXY, HTTP_X_FORWARDED_PROTO="https").is_secure()


def test_where_no_proxy_is_named_nobody_forwards(settings: Settings) -> None:
    settings.AMENDS_PROXIES = 0
    assert seen(PROXY, HTTP_X_FORWARDED_FOR="1.1.1.1").META["REMOTE_ADDR"] == PROXY


@pytest.mark.django_db
def test_addresses_that_are_made_up_do_not_get_past_the_limit_of_sign_ins(client: Client) -> None:
    for turn in range(31):
        answer = client.post(
            reverse("account_login"),
            {"login": f"person{turn}@example.com", "password": "wrong-password"},
            REMOTE_ADDR=STRANGER,
            HTTP_X_FORWARDED_FOR=f"198.51.100.{turn}",
        )
    assert answer.status_code == 429
