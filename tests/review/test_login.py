"""Logging in: one-time links, sessions of their own, pauses after failures, nothing a foreign page could send."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import select, update

from pipeline.review.passwords import hash_password, is_right, weakness
from pipeline.settings import DeskSettings
from pipeline.store import Store
from pipeline.store.desk_tables import AttemptRow, AuditRow, InvitationRow, SessionRow, UserRow
from pipeline.store.sessions import hashed, login_failed, login_pause, login_worked
from pipeline.store.users import first_admin
from tests.review.office import PASSWORD, Office, employ, token


def actions(store: Store) -> list[tuple[str | None, str]]:
    with store.reading() as session:
        return [(row.who, row.action) for row in session.scalars(select(AuditRow).order_by(AuditRow.id))]


def test_the_first_admin_chooses_a_password_by_a_link_that_works_once(office: Office) -> None:
    with office.store.writing() as session:
        secret = first_admin(session)
    link, admin = f"/welcome/{secret}", office.person()
    admin.csrf = token(admin.get(link))
    assert admin.post(link, password="short", again="short").status_code == 400
    admin.csrf = token(admin.get(link))
    assert admin.post(link, password=PASSWORD, again=PASSWORD).status_code == 303
    assert admin.get("/people").status_code == 200
    assert office.person().get(link).status_code == 410
    assert office.person().get("/welcome/made-up").status_code == 410
    with office.store.writing() as session:
        assert first_admin(session) is None


def test_starting_again_makes_the_first_link_void(store: Store) -> None:
    with store.writing() as session:
        older, newer = first_admin(session), first_admin(session)
    with store.reading() as session:
        rows = {row.secret_hash: row.used_at for row in session.scalars(select(InvitationRow))}
        assert len(session.scalars(select(UserRow)).all()) == 1
    assert rows[hashed(str(older))] is not None
    assert rows[hashed(str(newer))] is None


def test_a_link_that_is_too_old_is_refused(office: Office) -> None:
    with office.store.writing() as session:
        secret = first_admin(session)
        session.execute(update(InvitationRow).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    assert office.person().get(f"/welcome/{secret}").status_code == 410


def test_logging_in_gives_a_new_secret_and_ends_the_session_before(office: Office) -> None:
    employ(office.store, "sato", "reviewer")
    person = office.person()
    person.browser.cookies.set("desk", "chosen-by-an-attacker")
    person.log_in("sato")
    first = [each.value for each in person.browser.cookies.jar if each.name == "desk" and each.value != "chosen-by-an-attacker"][0]
    again = office.person()
    again.browser.cookies.set("desk", str(first))
    again.log_in("sato")
    thief = office.person()
    thief.browser.cookies.set("desk", str(first))
    assert thief.get("/").headers["location"] == "/login"
    thief.browser.cookies.set("desk", "chosen-by-an-attacker")
    assert thief.get("/").headers["location"] == "/login"


@pytest.mark.parametrize(("column", "age"), [("seen_at", timedelta(minutes=61)), ("started_at", timedelta(hours=12, seconds=1))])
def test_a_session_ends_when_idle_and_after_a_working_day(office: Office, column: str, age: timedelta) -> None:
    employ(office.store, "sato", "reviewer")
    person = office.at_work("sato")
    assert person.get("/queue").status_code == 200
    with office.store.writing() as session:
        session.execute(update(SessionRow).values({column: datetime.now(UTC) - age}))
    assert person.get("/").headers["location"] == "/login"


def test_a_session_in_use_is_kept_alive(office: Office) -> None:
    employ(office.store, "sato", "reviewer")
    person = office.at_work("sato")
    with office.store.writing() as session:
        session.execute(update(SessionRow).values(seen_at=datetime.now(UTC) - timedelta(minutes=59)))
    person.get("/")
    with office.store.reading() as session:
        (seen,) = session.scalars(select(SessionRow.seen_at))
    assert datetime.now(UTC) - seen < timedelta(minutes=1)


def test_logging_out_ends_the_session_and_what_the_browser_kept(office: Office) -> None:
    employ(office.store, "sato", "reviewer")
    person = office.at_work("sato")
    secret = person.browser.cookies["desk"]
    assert person.post("/logout").headers["clear-site-data"] == '"cache"'
    person.browser.cookies.set("desk", secret)
    assert person.get("/").headers["location"] == "/login"


def test_a_disabled_person_is_out_at_once(office: Office) -> None:
    employ(office.store, "sato", "reviewer")
    employ(office.store, "boss", "admin")
    person, boss = office.at_work("sato"), office.at_work("boss")
    assert boss.post("/people/sato/disabled", disabled="yes").status_code == 303
    assert person.get("/").headers["location"] == "/login"
    assert person.log_in("sato").status_code == 401


def test_guesses_are_slowed_down_by_name_and_the_right_password_waits_too(office: Office) -> None:
    employ(office.store, "sato", "reviewer")
    tries = [office.person().log_in("sato", f"wrong-guess-{number}").status_code for number in range(6)]
    assert tries == [401] * 5 + [429]
    assert office.person().log_in("sato").status_code == 429
    assert office.person().log_in("suzuki", "wrong").status_code == 401
    with office.store.writing() as session:
        session.execute(update(AttemptRow).values(last_at=datetime.now(UTC) - timedelta(minutes=1)))
    assert office.person().log_in("sato").status_code == 303
    assert ("sato", "login_failed") in actions(office.store)


def test_the_pause_doubles_up_to_its_limit_and_ends_with_a_success(store: Store) -> None:
    desk = DeskSettings(login_pause_minutes=15)
    with store.writing() as session:
        pauses = []
        for _ in range(12):
            login_failed(session, "user|sato")
            pauses.append(round(login_pause(session, "user|sato", desk, tries=5) / 30) * 30)
        login_worked(session, "user|sato")
        session.expire_all()
        after = login_pause(session, "user|sato", desk, tries=5)
    assert pauses == [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]
    assert after == 0


def test_no_name_that_somebody_typed_is_kept(office: Office) -> None:
    office.person().log_in("my-Password-by-mistake", "x")
    with office.store.reading() as session:
        rows = [(row.who, row.action, row.about) for row in session.scalars(select(AuditRow))]
        keys = session.scalars(select(AttemptRow.key)).all()
    assert rows == [(None, "login_failed", {})]
    assert [key for key in keys if "password" in key] == []


def test_the_login_form_must_be_ours(office: Office) -> None:
    employ(office.store, "sato", "reviewer")
    stranger = office.person()
    assert stranger.post("/login", name="sato", password=PASSWORD).status_code == 403
    stranger.csrf = token(stranger.get("/login")) + "x"
    assert stranger.post("/login", name="sato", password=PASSWORD).status_code == 403


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(office: Office) -> None:
    employ(office.store, "sato", "reviewer")
    person = office.person()
    given = [line for line in person.log_in("sato").headers.get_list("set-cookie") if line.startswith("desk=")]
    assert len(given) == 1
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(given[0].split("; "))


def test_passwords_are_kept_as_argon2id_and_weak_ones_not_taken() -> None:
    kept = hash_password(PASSWORD)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert [is_right(kept, PASSWORD), is_right(kept, PASSWORD + "x"), is_right(None, PASSWORD), is_right(kept, "x" * 1000)] == [
        True,
        False,
        False,
        False,
    ]
    assert weakness(PASSWORD, "sato") is None
    for weak in ("elevenchars", "aaaaaaaaaaaaaaa", "my-name-is-Sato", "x1y2z3" * 30):
        assert weakness(weak, "sato") is not None


def test_who_is_not_logged_in_is_sent_to_the_login_page_by_htmx_too(office: Office) -> None:
    answer = httpx.get(f"{office.address}/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/login")
