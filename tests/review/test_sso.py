"""Single sign-on: who is at the desk comes in, and nobody else, whatever a provider, a page or another browser sends."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError
from sqlalchemy import select, update

from pipeline.errors import MissingOnMachine, WrongUsage
from pipeline.review.desk import open_desk
from pipeline.settings import DeskSettings, Settings, wrong_settings
from pipeline.store import Store, open_store, sso
from pipeline.store.desk_tables import AttemptRow, AuditRow, SessionRow
from pipeline.store.sso_tables import SsoAttemptRow, SsoLinkRow
from pipeline.store.users import first_admin
from tests.review.office import PASSWORD, Office, Person, employ, served, token

pytest.importorskip("authlib", reason="the `sso` extra is not installed")

from pipeline.review import oidc
from tests.review.provider import CLIENT, KEY, OTHER_KEY, SECRET, Provider, account, serving
from tests.review.screen import chromium, opened, without_chromium


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with serving() as provider:
        yield provider


@pytest.fixture
def provider(running: Provider) -> Provider:
    fresh = Provider(running.issuer)
    vars(running).update({name: value for name, value in vars(fresh).items() if name != "issuer"})
    return running


def with_sso(home: Path, provider: Provider, **more: Any) -> Settings:
    rules = {"oidc_issuer": provider.issuer, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET, **more}
    return Settings(home=home, settle_seconds=0, desk=DeskSettings(**rules))


@pytest.fixture
def settings(tmp_path: Path, provider: Provider) -> Settings:
    return with_sso(tmp_path / "home", provider)


def leave(person: Person) -> str:
    """Press the button; where the browser is sent."""
    person.csrf = token(person.get("/login"))
    answer = person.post("/login/sso")
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def come(office: Office, provider: Provider, **more: str) -> httpx.Response:
    """The whole way of a fresh browser; the answer to its return."""
    person = office.person()
    return person.get(provider.consent(leave(person), **more))


def failures(store: Store) -> list[str]:
    with store.reading() as session:
        return [row.about["reason"] for row in session.scalars(select(AuditRow).where(AuditRow.action == "login_failed"))]


def test_who_is_at_the_desk_comes_in_and_the_account_is_theirs_from_then_on(office: Office, provider: Provider) -> None:
    employ(office.store, "sato", "reviewer")
    person = office.person()
    way = leave(person)
    assert way.startswith(f"{provider.issuer}/authorize?response_type=code&client_id={CLIENT}&")
    answer = person.get(provider.consent(way))
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert person.get("/queue").status_code == 200
    provider.account = account("sato-married", "subject-of-sato")
    assert come(office, provider).status_code == 303
    with office.store.reading() as session:
        links = [(row.user.name, row.issuer, row.subject) for row in session.scalars(select(SsoLinkRow))]
        told = [(row.who, row.action, row.about) for row in session.scalars(select(AuditRow).order_by(AuditRow.id))][-3:]
        assert session.scalars(select(SsoAttemptRow)).all() == []
    assert links == [("sato", provider.issuer, "subject-of-sato")]
    assert told == [("sato", "sso_linked", {"user": "sato"}), ("sato", "login", {"way": "sso"}), ("sato", "login", {"way": "sso"})]


now = int(time.time())
WRONG: dict[str, dict[str, Any]] = {
    "nonce of another login": {"claims": {"nonce": "made-up"}},
    "no nonce": {"claims": {"nonce": None}},
    "for another client": {"claims": {"aud": "somebody-else"}},
    "for us and another, given to the other": {"claims": {"aud": [CLIENT, "somebody-else"], "azp": "somebody-else"}},
    "over": {"claims": {"iat": now - 4_000, "exp": now - 3_600}},
    "without an end": {"claims": {"exp": None}},
    "not yet begun": {"claims": {"nbf": now + 3_600}},
    "of another issuer": {"claims": {"iss": "https://attacker.example"}},
    "without an issuer": {"claims": {"iss": None}},
    "about nobody": {"claims": {"sub": None}},
    "about an empty name": {"claims": {"sub": ""}},
    "signed by nobody": {"alg": "none"},
    "signed with the client's secret": {"alg": "HS256"},
    "of another access token": {"claims": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_token_that_is_not_right_in_everything_lets_nobody_in(office: Office, provider: Provider, wrong: dict[str, Any]) -> None:
    employ(office.store, "sato", "reviewer")
    vars(provider).update(wrong)
    answer = come(office, provider)
    assert (answer.status_code, failures(office.store)) == (401, ["token"])
    assert "応答を確認できませんでした" in answer.text
    with office.store.reading() as session:
        assert session.scalars(select(SessionRow)).all() == []
        assert session.scalars(select(SsoLinkRow)).all() == []


def test_a_key_that_is_not_the_providers_lets_nobody_in_and_new_keys_are_asked_for(office: Office, provider: Provider) -> None:
    employ(office.store, "sato", "reviewer")
    assert come(office, provider).status_code == 303
    asked = provider.asked.count("/keys")
    forged = type(KEY).generate_key(2048, parameters={"kid": "one", "use": "sig"})
    person = office.person()
    back = provider.consent(leave(person))
    provider.key = forged
    assert person.get(back).status_code == 401
    assert provider.asked.count("/keys") == asked
    provider.key = OTHER_KEY
    assert come(office, provider).status_code == 303
    assert provider.asked.count("/keys") == asked + 1


def test_an_answer_works_once_and_in_the_browser_that_asked(office: Office, provider: Provider) -> None:
    employ(office.store, "sato", "reviewer")
    person, victim = office.person(), office.person()
    back = provider.consent(leave(person))
    assert victim.get(back).status_code == 401
    assert person.get(back).status_code == 401
    back = provider.consent(leave(person))
    cookies = dict(person.browser.cookies)
    assert person.get(back).status_code == 303
    again = office.person()
    again.browser.cookies.update(cookies)
    assert again.get(back).status_code == 401
    assert office.person().get("/login/sso/callback?code=x&state=made-up").status_code == 401
    assert office.person().get("/login/sso/callback").status_code == 401
    assert failures(office.store) == ["stale"] * 5


def test_an_answer_that_comes_too_late_is_refused(office: Office, provider: Provider) -> None:
    employ(office.store, "sato", "reviewer")
    person = office.person()
    back = provider.consent(leave(person))
    with office.store.writing() as session:
        row = session.scalars(select(SsoAttemptRow)).one()
        row.begun_at = row.begun_at.replace(year=row.begun_at.year - 1)
    assert person.get(back).status_code == 401


def test_the_answer_of_another_provider_is_refused(office: Office, provider: Provider) -> None:
    employ(office.store, "sato", "reviewer")
    assert come(office, provider, iss="https://attacker.example").status_code == 401
    assert failures(office.store) == ["issuer"]
    assert "/token" not in provider.asked
    assert come(office, provider, error="access_denied").status_code == 401
    assert failures(office.store) == ["issuer", "refused"]


ABOUT: dict[str, dict[str, Any]] = {
    "names another issuer": {"issuer": "https://attacker.example"},
    "asks on another host": {"authorization_endpoint": "https://attacker.example/authorize"},
    "takes codes unencrypted": {"token_endpoint": "http://provider.example/token"},
    "has no keys": {"jwks_uri": None},
}


@pytest.mark.parametrize("about", ABOUT.values(), ids=ABOUT)
def test_a_description_that_leads_elsewhere_is_not_followed(office: Office, provider: Provider, about: dict[str, Any]) -> None:
    provider.about = about
    person = office.person()
    person.csrf = token(person.get("/login"))
    answer = person.post("/login/sso")
    assert (answer.status_code, "設定に誤り" in answer.text, failures(office.store)) == (502, True, ["provider_wrong"])


@pytest.mark.parametrize("at", ["before", "on the way back"])
def test_a_provider_that_is_down_is_told_in_a_sentence(
    office: Office, provider: Provider, at: str, caplog: pytest.LogCaptureFixture
) -> None:
    employ(office.store, "sato", "reviewer")
    person = office.person()
    with caplog.at_level(logging.DEBUG, logger="pipeline"):
        if at == "before":
            provider.down = True
            person.csrf = token(person.get("/login"))
            answer = person.post("/login/sso")
        else:
            back = provider.consent(leave(person))
            provider.down = True
            answer = person.get(back)
    assert answer.status_code == 502
    assert "認証サービスに接続できません" in answer.text
    assert "Traceback" not in answer.text + caplog.text
    assert failures(office.store) == ["provider_down"]
    assert person.log_in("sato").status_code == 303


def test_nobody_waits_for_a_provider_that_is_down_or_busy(settings: Settings, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    asks = oidc.Provider(settings.desk)
    provider.down = True
    for _ in range(3):
        with pytest.raises(oidc.SsoFailed, match="provider_down"):
            asks.depart("http://127.0.0.1/back")
    assert len(provider.asked) == 1
    provider.down = False
    monkeypatch.setattr(oidc, "TURN_SECONDS", 0.01)
    monkeypatch.setattr(asks, "down_until", 0.0)
    for _ in range(oidc.AT_ONCE):
        asks.turns.acquire()
    with pytest.raises(oidc.SsoFailed, match="busy"):
        asks.depart("http://127.0.0.1/back")
    asks.turns.release()
    assert asks.depart("http://127.0.0.1/back").url.startswith(provider.issuer)


def test_logins_that_were_only_begun_do_not_pile_up(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sso, "MOST_ATTEMPTS", 3)
    with store.writing() as session:
        for number in range(5):
            sso.begin(session, f"state-{number}", "browser", sso.Attempt("nonce", "verifier"))
        taken = [sso.take(session, f"state-{number}", "browser") is not None for number in range(5)]
    assert taken == [False, False, True, True, True]


def test_nobody_registers_themselves_and_who_was_stopped_stays_out(office: Office, provider: Provider) -> None:
    employ(office.store, "boss", "admin")
    employ(office.store, "sato", "reviewer")
    provider.info = {"sub": "no-name"}
    assert "登録されていません" in come_as(office, provider, account("stranger"))
    assert "登録されていません" in come_as(office, provider, {"sub": "no-name"})
    assert "登録されていません" in come_as(office, provider, account("sato@office.example"))
    assert come(office, as_account(provider, account("sato"))).status_code == 303
    assert office.at_work("boss").post("/people/sato/disabled", disabled="yes").status_code == 303
    assert "停止中" in come_as(office, provider, account("sato"))
    assert failures(office.store) == ["unknown", "unknown", "unknown", "disabled"]


def as_account(provider: Provider, claims: dict[str, Any]) -> Provider:
    provider.account = claims
    return provider


def come_as(office: Office, provider: Provider, claims: dict[str, Any]) -> str:
    answer = come(office, as_account(provider, claims))
    assert answer.status_code == 401
    return answer.text


def test_a_name_given_to_somebody_else_does_not_give_them_the_place_until_an_admin_unties_it(office: Office, provider: Provider) -> None:
    employ(office.store, "boss", "admin")
    employ(office.store, "sato", "reviewer")
    boss = office.at_work("boss")
    assert come(office, provider).status_code == 303
    newcomer = account("sato", "another-subject")
    assert "別のアカウント" in come_as(office, provider, newcomer)
    assert "外部アカウントを解除" in boss.get("/people").text
    assert boss.post("/people/sato/untie").status_code == 303
    assert "外部アカウントを解除" not in boss.get("/people").text
    assert come(office, as_account(provider, newcomer)).status_code == 303
    assert "別のアカウント" in come_as(office, provider, account("sato"))


MAILS = [
    ({"email": "Sato@office.example", "email_verified": True}, 303),
    ({"email": "sato@office.example", "email_verified": False}, 401),
    ({"email": "sato@office.example"}, 401),
    ({"email": "sato@attacker.example", "email_verified": True}, 401),
    ({"email": "sato@attacker.example@office.example", "email_verified": True}, 401),
]


@pytest.mark.parametrize(("claims", "status"), MAILS)
def test_an_address_counts_when_it_is_verified_and_ours(tmp_path: Path, provider: Provider, claims: dict[str, Any], status: int) -> None:
    settings = with_sso(tmp_path / "home", provider, oidc_name="email", oidc_domain="office.example")
    store = open_store(settings)
    employ(store, "sato", "reviewer")
    provider.account = {"sub": "s", **claims}
    with served(store, settings) as office:
        assert come(office, provider).status_code == status
    store.close()


@pytest.mark.parametrize(("subject", "status"), [("s", 303), ("somebody-else", 401)])
def test_a_name_that_is_not_in_the_token_is_asked_for(office: Office, provider: Provider, subject: str, status: int) -> None:
    employ(office.store, "sato", "reviewer")
    provider.account, provider.info = {"sub": "s"}, account("sato", subject)
    assert come(office, provider).status_code == status


def test_the_session_is_a_new_one_and_the_form_must_be_ours(office: Office, provider: Provider) -> None:
    employ(office.store, "sato", "reviewer")
    person = office.person()
    person.browser.cookies.set("desk", "chosen-by-an-attacker")
    assert person.get(provider.consent(leave(person))).status_code == 303
    thief = office.person()
    thief.browser.cookies.set("desk", "chosen-by-an-attacker")
    assert thief.get("/queue").headers["location"] == "/login"
    assert office.person().post("/login/sso").status_code == 403


def test_the_cookie_of_the_way_is_for_the_server_alone(office: Office) -> None:
    person = office.person()
    person.csrf = token(person.get("/login"))
    (given,) = [line for line in person.post("/login/sso").headers.get_list("set-cookie") if line.startswith("desk_sso=")]
    assert {"HttpOnly", "SameSite=lax", "Path=/", "Max-Age=600"} <= set(given.split("; "))


def test_guesses_are_slowed_down_by_address(office: Office) -> None:
    tries = [office.person().get(f"/login/sso/callback?code=x&state=guess-{number}").status_code for number in range(21)]
    assert tries == [401] * 20 + [429]
    person = office.person()
    person.csrf = token(person.get("/login"))
    assert person.post("/login/sso").status_code == 429
    with office.store.writing() as session:
        session.execute(update(AttemptRow).values(failures=0))
    assert person.get("/login/sso/callback?code=x&state=guess").status_code == 401


def test_forms_lead_to_the_provider_from_the_login_page_only(office: Office, provider: Provider) -> None:
    employ(office.store, "sato", "reviewer")
    person = office.at_work("sato")
    allowed = f"form-action 'self' {provider.issuer};"
    for path in ("/login", "/login/sso/callback", "/queue", "/loginx", "/static/desk.css"):
        policy = person.get(path).headers["content-security-policy"]
        assert (path, allowed in policy) == (path, path in ("/login", "/login/sso/callback"))


def test_logging_out_says_that_the_provider_may_still_know_them(office: Office, provider: Provider) -> None:
    employ(office.store, "sato", "reviewer")
    person = office.person()
    person.get(provider.consent(leave(person)))
    person.csrf = token(person.get("/queue"))
    answer = person.post("/logout")
    assert answer.headers["location"] == "/login?left=yes"
    page = person.get("/login?left=yes").text
    assert "認証サービスからもログアウト" in page
    assert f'href="{provider.issuer}/logout"' in page
    assert person.get("/queue").headers["location"] == "/login"


def test_without_passwords_a_one_time_link_still_lets_an_admin_in(tmp_path: Path, provider: Provider) -> None:
    settings = with_sso(tmp_path / "home", provider, password_login=False)
    store = open_store(settings)
    with store.writing() as session:
        secret = first_admin(session)
    with served(store, settings) as office:
        assert 'name="password"' not in office.person().get("/login").text
        admin = office.person()
        link = f"/welcome/{secret}"
        admin.csrf = token(admin.get(link))
        assert admin.post(link, password=PASSWORD, again=PASSWORD).status_code == 303
        assert admin.get("/people").status_code == 200
        assert office.person().log_in("admin").status_code == 403
    store.close()


def test_without_single_sign_on_its_routes_are_not_there(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    store = open_store(settings)
    with served(store, settings) as office:
        person = office.person()
        page = person.get("/login")
        assert "シングルサインオン" not in page.text
        person.csrf = token(page)
        assert person.post("/login/sso").status_code == 404
        assert person.get("/login/sso/callback?code=x&state=y").status_code == 404
    store.close()


@pytest.mark.parametrize("issuer", ["http://provider.example", "provider.example", "https://", "ftp://provider.example"])
def test_an_issuer_without_https_is_a_wrong_setting(issuer: str) -> None:
    with pytest.raises(ValidationError) as wrong:
        DeskSettings(oidc_issuer=issuer)
    assert wrong_settings(wrong.value) == ["INTAKE_DESK_OIDC_ISSUER"]


def test_settings_that_do_not_fit_together_are_told(tmp_path: Path, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(Settings(home=tmp_path / "home"))
    for wrong in (DeskSettings(oidc_issuer=provider.issuer), DeskSettings(password_login=False)):
        with pytest.raises(WrongUsage, match="INTAKE_DESK_OIDC"):
            open_desk(Settings(home=tmp_path / "home", desk=wrong), store)
    monkeypatch.setitem(sys.modules, "pipeline.review.oidc", None)
    with pytest.raises(MissingOnMachine, match="sso"):
        open_desk(with_sso(tmp_path / "home", provider), store)
    store.close()


def test_the_client_secret_is_shown_nowhere(settings: Settings, store: Store) -> None:
    desk = open_desk(settings, store)
    assert settings.desk.oidc_client_secret.get_secret_value() == SECRET
    for shown in (repr(settings), str(settings.desk), repr(desk), settings.model_dump_json()):
        assert SECRET not in shown


@without_chromium
def test_a_real_browser_goes_there_and_back(office: Office, provider: Provider) -> None:
    employ(office.store, "sato", "reviewer")
    with chromium() as browser, opened(browser, office, None) as page:
        page.goto("/login")
        page.click("text=シングルサインオンでログイン")
        page.wait_for_url("**/queue")
        page.click("text=ログアウト")
        page.wait_for_url("**/login?left=yes")
    assert [path for path in provider.asked if path != "/keys"] == ["/.well-known/openid-configuration", "/authorize", "/token"]
