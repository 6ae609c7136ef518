"""docker-compose.yml says what the checks of the start, .env.example and the network allow."""

import re
from ipaddress import ip_address, ip_network

import pytest

from tests.recovery.containers import ROOT, environment_of, example, interpolated, services

OURS = ("web", "worker", "beat")
TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")


def published(**given: str) -> list[str]:
    return [interpolated(port, given) for service in services().values() for port in service.get("ports", [])]


def test_ports_are_published_on_this_machine_alone() -> None:
    assert "127.0.0.1:8000:8000" in published()
    assert all(ip_address(port.split(":")[0]).is_loopback for port in published(PORT="9000"))


def test_another_address_is_published_where_it_is_asked_for() -> None:
    assert "192.0.2.1:9000:8000" in published(PORT="9000", AMENDS_PUBLISH="192.0.2.1")


def test_the_example_explains_every_variable() -> None:
    asked = {name for name in re.findall(r"\$\{(\w+)", TEXT) if not name.startswith("$")}
    assert asked <= set(example())


@pytest.mark.parametrize("name", OURS)
def test_a_key_is_asked_for(name: str) -> None:
    with pytest.raises(ValueError, match=r"\.env"):
        environment_of(services()[name], example(SECRET_KEY=""))


@pytest.mark.parametrize("name", OURS)
def test_forwarded_headers_count_from_no_public_address(name: str) -> None:
    trusted = environment_of(services()[name], example())["AMENDS_PROXY_ADDRESSES"]
    assert ip_network(trusted).is_private


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("address", ["", "http://localhost:8000", "https://amends.example.com"])
def test_no_container_is_a_demo(name: str, address: str) -> None:
    given = example(AMENDS_BASE_URL=address, AMENDS_DEMO="on", DJANGO_SETTINGS_MODULE="recovery.embedded")
    environment = environment_of(services()[name], given)
    assert (environment["AMENDS_DEMO"], environment["DJANGO_SETTINGS_MODULE"]) == ("off", "recovery.settings")
