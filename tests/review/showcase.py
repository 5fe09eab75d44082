"""A desk where every page has something to show, and the table of its pages: a new view is one more line in VIEWS."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from pipeline.settings import DeskSettings, Settings
from pipeline.sheet import FieldValue
from pipeline.store import Store, open_store
from pipeline.store.deciding import decide_all
from pipeline.store.replies import Reply, reply_to_field
from pipeline.store.tables import QueueRow, SheetRow
from pipeline.store.users import find_user, invite
from tests.papers import application, foreign, of_person, read, unsure
from tests.review.office import Office, employ, served
from tests.review.scene import NAMES, scanned_oath, with_field
from tests.store.papers import read_scan

PEOPLE = {"sato": ("reviewer", "adjudicator"), "boss": ("admin",), "mori": ("scanner",), "kudo": ("reviewer", "admin", "scanner")}
"""Who works here."""
DUTIES = "コールセンターの受電業務に従事し、応答率と顧客満足度を月次で集計、改善策を立案して実施した。新人の研修も担当した。"


@dataclass(frozen=True)
class View:
    """A page of the desk.

    Attributes:
        name: of the test.
        path: address; `{...}` stands for a place of the showcase.
        who: whose browser; None for nobody who is logged in.
        then: what is done on the page before it is looked at.
    """

    name: str
    path: str
    who: str | None
    then: Callable[[Any], None] | None = None


def _fail_to_log_in(page: Any) -> None:
    page.fill("#name", "sato")
    page.fill("#password", "wrong")
    page.click("button.main")
    page.wait_for_selector("[role=alert]")


def _make_link(page: Any) -> None:
    page.click("form[action='/people/mori/link'] button")
    page.wait_for_selector("a.secret")


def _open_group(page: Any) -> None:
    page.click("a.open")
    page.wait_for_selector("#confirm")


def _open_keys(page: Any) -> None:
    page.keyboard.press("?")
    page.wait_for_selector("dialog[open]")


def _type_nonsense(page: Any) -> None:
    page.fill("#text", "架空12")
    page.wait_for_selector("#feedback .problem")


VIEWS = (
    View("login", "/login", None),
    View("login_refused", "/login", None, _fail_to_log_in),
    View("welcome", "/welcome/{secret}", None),
    View("link_over", "/welcome/made-up", None),
    View("home", "/", "mori"),
    View("queue", "/queue", "sato"),
    View("queue_filtered", "/queue?kind=field&reason=low_probability", "sato"),
    View("queue_empty", "/queue?kind=finding&reason=no_such_reason", "sato"),
    View("item_text", "/items/{text}", "sato"),
    View("item_with_picture", "/items/{picture}", "sato"),
    View("item_wrong_text", "/items/{text}", "sato", _type_nonsense),
    View("item_multiline", "/items/{multiline}", "sato"),
    View("item_one", "/items/{one}", "sato"),
    View("item_many", "/items/{many}", "sato"),
    View("item_yes_no", "/items/{yes_no}", "sato"),
    View("item_statement", "/items/{statement}", "sato"),
    View("keys", "/items/{text}", "sato", _open_keys),
    View("item_field", "/items/{field}", "sato"),
    View("evidence", "/items/{field}/evidence", "sato"),
    View("packets", "/packets", "sato"),
    View("packets_found", "/packets?q=2024100123", "sato"),
    View("packet", "/packets/{packet}", "sato"),
    View("packet_scanned", "/packets/{scanned}", "sato"),
    View("plan_split", "/packets/{packet}/plan?act=split&side={side}", "sato"),
    View("plan_merge", "/packets/{packet}/plan?act=merge&other={scanned}", "sato"),
    View("choose_packet", "/packets/{packet}/plan?act=merge", "sato"),
    View("rescan", "/packets/{packet}/plan?act=rescan&side={side}", "sato"),
    View("rescans", "/rescans", "sato"),
    View("answer", "/packets/{packet}/answer/{unreadable}", "sato"),
    View("experience", "/packets/{packet}/experience", "sato"),
    View("what_if", "/queue/what-if", "sato"),
    View("scans", "/scans", "mori"),
    View("scans_looked_at", "/scans", "sato"),
    View("groups", "/groups", "sato"),
    View("group", "/groups", "sato", _open_group),
    View("group_over", "/groups/0123456789abcdef", "sato"),
    View("performance", "/performance", "sato"),
    View("performance_of_all", "/performance", "kudo"),
    View("people", "/people", "kudo"),
    View("people_link", "/people", "kudo", _make_link),
    View("audit", "/audit", "kudo"),
    View("not_found", "/nothing-here", "kudo"),
    View("not_allowed", "/people", "sato"),
)


@dataclass(frozen=True)
class Showcase:
    """The served desk and its places."""

    office: Office
    places: dict[str, str]


def fill_showcase(store: Store, settings: Settings) -> dict[str, str]:
    """People, and a packet with a question of every kind; name of a place -> what stands for it in an address."""
    for name, roles in PEOPLE.items():
        employ(store, name, *roles)
    picture = scanned_oath(store, settings)
    read_scan(store, *application(changes=_doubts()), foreign(6))
    for each in range(2):  # alike, so that they make groups
        alike = unsure("certified_date", "date", ("2026年10月25日", 0.9))
        read_scan(store, *with_field(of_person(f"20242{each:05d}", NAMES[each]), "c", alike), sha256=f"{each + 1:04x}" * 16)
    decide_all(store, settings)
    with store.writing() as session:
        user = find_user(session, "mori")
        assert user is not None
        secret = invite(session, user, by="boss")
        items = {row.field or row.reason: row.id for row in session.scalars(select(QueueRow).where(QueueRow.state == "open"))}
        unreadable = session.get_one(QueueRow, items["certifier_address"])
        reply_to_field(session, settings, unreadable, Reply("", None, "unreadable"), who="kudo")
        packet, side = unreadable.packet_id, session.scalars(select(SheetRow.id).where(SheetRow.packet_id == unreadable.packet_id)).first()
        scanned = session.get_one(QueueRow, picture).packet_id
    named = {"text": "certifier_name", "multiline": "rows[0].duties", "one": "qualification", "many": "enclosed", "yes_no": "signature"}
    named |= {"field": "rows[1].classified"}
    found: dict[str, int | None] = {name: items[field] for name, field in named.items()}
    found |= {"statement": items["page_unknown"], "unreadable": unreadable.id}
    found |= {"picture": picture, "packet": packet, "side": side, "scanned": scanned}
    return {"secret": secret, **{name: str(value) for name, value in found.items()}}


def _doubts() -> dict[str, dict[str, FieldValue]]:
    marks = replace(read("enclosed", "marks", "a,b"), value=["a", "b"], decision="review", reason="mark_doubt")
    signature = replace(read("signature", "signature", "署名"), value=True, decision="review", reason="signature_typed")
    fields = {
        "a": [unsure("qualification", "choice", ("OMP", 0.6)), marks, signature],
        "b": [
            unsure("rows[0].duties", "multiline", (DUTIES, 0.6), (DUTIES.replace("受電", "受話"), 0.3)),
            read("rows[1].duties", "multiline", DUTIES),
            replace(unsure("rows[1].classified", "field", ("OP", 0.5), ("HR", 0.3)), value="OP", reason="field_undecided"),
        ],
        "c": [
            unsure("certifier_name", "name", ("架空 次郎", 0.6), ("架空 次朗", 0.3)),
            unsure("certifier_address", "text", ("東京都架空区一丁目", 0.4)),
        ],
    }
    return {kind: {field.name: field for field in doubtful} for kind, doubtful in fields.items()}


def _rules() -> DeskSettings:
    """With a button for single sign-on where its packages are; nobody presses it."""
    there = importlib.util.find_spec("authlib") is not None
    return DeskSettings(oidc_issuer="https://provider.example", oidc_client_id="desk") if there else DeskSettings()


@contextmanager
def showcase(home: Path) -> Iterator[Showcase]:
    """The desk, served."""
    settings = Settings(home=home, settle_seconds=0, desk=_rules())
    store = open_store(settings)
    try:
        places = fill_showcase(store, settings)
        with served(store, settings) as office:
            yield Showcase(office, places)
    finally:
        store.close()
