"""Every route, for every role: a route that is not in this table fails the test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from pipeline.review.app import create_app
from pipeline.settings import Settings
from pipeline.store import Store
from pipeline.store.users import ROLES
from tests.review.office import Office, employ

PUBLIC = {("GET", "/login"), ("POST", "/login"), ("GET", "/welcome/{secret}"), ("POST", "/welcome/{secret}")}
PUBLIC |= {("POST", "/login/sso"), ("GET", "/login/sso/callback")}
ANYBODY = {("GET", "/"), ("POST", "/logout")}
BY_ROLE: dict[tuple[str, str], set[str]] = {
    **dict.fromkeys(
        [
            ("GET", "/queue"),
            ("POST", "/queue/next"),
            ("POST", "/queue/release"),
            ("POST", "/queue/{item}/take"),
            ("GET", "/items/{item}"),
            ("POST", "/items/{item}"),
            ("POST", "/items/{item}/check"),
            ("POST", "/items/{item}/skip"),
            ("POST", "/undo"),
            ("GET", "/crops/{item}/{view}"),
            ("GET", "/items/{item}/evidence"),
            ("GET", "/packets/{packet}/experience"),
            ("GET", "/packets"),
            ("GET", "/packets/by-key/{key}"),
            ("GET", "/packets/{packet}"),
            ("GET", "/sides/{side}/{view}"),
            ("GET", "/packets/{packet}/plan"),
            ("POST", "/packets/{packet}/place"),
            ("POST", "/packets/{packet}/undo"),
            ("POST", "/packets/{packet}/rescan"),
            ("POST", "/rescans/{request}/withdraw"),
            ("GET", "/packets/{packet}/answer/{item}"),
            ("POST", "/packets/{packet}/answer/{item}"),
            ("POST", "/packets/{packet}/answer/{item}/again"),
            ("GET", "/groups"),
            ("GET", "/groups/{token}"),
            ("POST", "/groups/{token}"),
            ("POST", "/groups/{token}/undo"),
            ("POST", "/groups/{token}/leave"),
            ("GET", "/tiles/{item}/{number}"),
        ],
        {"reviewer", "adjudicator"},
    ),
    ("GET", "/queue/what-if"): {"reviewer", "admin"},
    ("GET", "/scans"): {"scanner", "reviewer", "adjudicator", "admin"},
    ("GET", "/scans/events"): {"scanner", "reviewer", "adjudicator", "admin"},
    ("POST", "/scans"): {"scanner"},
    **dict.fromkeys(
        [
            ("GET", "/people"),
            ("POST", "/people"),
            ("POST", "/people/{name}/link"),
            ("POST", "/people/{name}/roles"),
            ("POST", "/people/{name}/disabled"),
            ("POST", "/people/{name}/untie"),
            ("GET", "/audit"),
        ],
        {"admin"},
    ),
    ("GET", "/rescans"): {"scanner", "reviewer", "adjudicator"},
    ("GET", "/performance"): {"reviewer", "adjudicator", "admin"},
}
PARTS = {
    "{secret}": "made-up",
    "{name}": "nobody",
    "{item}": "1",
    "{view}": "ink",
    "{key}": "k-1",
    "{packet}": "1",
    "{side}": "1",
    "{request}": "1",
    "{token}": "0123456789abcdef",
    "{number}": "0",
}


def flat(app: FastAPI) -> Iterator[tuple[str, str]]:
    found = list(app.routes)
    while found:
        route = found.pop()
        if isinstance(route, APIRoute):
            yield from ((method, route.path) for method in route.methods or ())
        else:
            found += getattr(getattr(route, "original_router", None), "routes", [])


def routes(store: Store, settings: Settings) -> set[tuple[str, str]]:
    """Every route of the app, and nothing else than these and the static files."""
    app = create_app(settings, store).app
    assert isinstance(app, FastAPI)
    return set(flat(app))


def called(path: str) -> str:
    for part, value in PARTS.items():
        path = path.replace(part, value)
    assert "{" not in path
    return path


def test_every_route_is_in_the_table(store: Store, settings: Settings) -> None:
    assert routes(store, settings) == PUBLIC | ANYBODY | set(BY_ROLE)


def test_who_is_not_logged_in_gets_to_the_login_page_only(office: Office) -> None:
    for method, path in ANYBODY | set(BY_ROLE):
        answer = office.person().browser.request(method, called(path))
        assert (method, path, answer.status_code, answer.headers.get("location")) == (method, path, 303, "/login")


@pytest.mark.parametrize("role", ROLES)
def test_a_user_without_the_role_is_refused_and_one_with_it_is_not(office: Office, role: str) -> None:
    employ(office.store, "sato", role)
    person = office.at_work("sato")
    for (method, path), roles in BY_ROLE.items():
        sent = {"csrf": person.csrf} if method == "POST" else None
        with person.browser.stream(method, called(path), data=sent) as answer:  # some answers go on for as long as one listens
            assert (method, path, answer.status_code == 403) == (method, path, role not in roles)


def test_nothing_is_changed_without_the_token_of_the_session(office: Office) -> None:
    employ(office.store, "sato", *ROLES)
    employ(office.store, "suzuki", *ROLES)
    person, other = office.at_work("sato"), office.at_work("suzuki")
    changing = [path for method, path in ANYBODY | set(BY_ROLE) if method == "POST"]
    assert changing
    for path in changing:
        for token in ("", "made-up", other.csrf):
            assert (path, token, person.browser.post(called(path), data={"csrf": token}).status_code) == (path, token, 403)
    assert person.get("/", follow_redirects=True).status_code == 200


def test_a_change_of_roles_holds_from_the_next_click_on(office: Office) -> None:
    employ(office.store, "boss", "admin")
    employ(office.store, "sato", "admin", "reviewer")
    boss, person = office.at_work("boss"), office.at_work("sato")
    assert person.get("/people").status_code == 200
    assert boss.post("/people/sato/roles", roles=["reviewer"]).status_code == 303
    assert person.get("/people").status_code == 403
