"""What every request needs, made once."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline.checks.facts import SHEETS
from pipeline.errors import WrongUsage
from pipeline.forms import FieldKind, Library, load_library
from pipeline.report.words import PACKET_STATES, label
from pipeline.review import scan_words, words
from pipeline.review.counting import Counted
from pipeline.review.explained import numbered
from pipeline.review.identity import provider_of
from pipeline.review.pictures import Pictures
from pipeline.review.tiles import Tiles
from pipeline.settings import Settings
from pipeline.store import Store
from pipeline.store.groups import PieceIndex

if TYPE_CHECKING:
    from pipeline.review.oidc import Provider

HERE = Path(__file__).parent
STATIC = HERE / "static"
ACTIONS = {
    "login": "ログイン",
    "logout": "ログアウト",
    "login_failed": "ログイン失敗",
    "user_added": "利用者を追加",
    "user_disabled": "利用者を停止",
    "user_enabled": "利用者を再開",
    "roles_set": "役割を変更",
    "link_made": "リンクを発行",
    "password_set": "パスワードを設定",
    "sso_linked": "外部アカウントを結び付け",
    "sso_untied": "外部アカウントの結び付けを解除",
    "audit_seen": "操作記録を表示",
    "item_seen": "確認画面を表示",
    "experience_seen": "業務経験を表示",
    "item_answered": "回答",
    "item_taken_back": "回答を取り消し",
    "item_keyed": "二人入力の回答",
    "item_ruled": "判定",
    "test_answered": "テスト項目に回答",
    "entries_void": "二人入力を無効化",
    "performance_seen": "全員の精度を表示",
    "packet_seen": "申請書類を表示",
    "packet_placed": "ページを移動・分割・統合・対象外",
    "placing_undone": "移動・分割・統合・対象外を取り消し",
    "rescans_seen": "再スキャン依頼を表示",
    "rescan_asked": "再スキャンを依頼",
    "rescan_withdrawn": "再スキャン依頼を取り下げ",
    "group_seen": "まとめて確認する画面を表示",
    "group_confirmed": "まとめて確定",
    "group_taken_back": "まとめた確定を取り消し",
    "scan_sent": "スキャンを送信",
    "scans_seen": "スキャン受付を表示",
}
ROLE_NAMES = {"scanner": "スキャン担当", "reviewer": "確認担当", "adjudicator": "判定担当", "admin": "管理者"}


@dataclass(frozen=True)
class Desk:
    """Settings, store, page templates, the forms, pictures of what came in, and the identity provider where there is one."""

    settings: Settings
    store: Store
    templates: Environment
    library: Library
    pictures: Pictures
    tiles: Tiles
    index: PieceIndex
    provider: Provider | None = None
    counted: Counted = field(default_factory=Counted)

    def page(self, name: str, status: int = 200, **values: Any) -> Response:
        """A rendered page; everything in `values` is escaped by the template."""
        return HTMLResponse(self.templates.get_template(name).render(values), status)


def open_desk(settings: Settings, store: Store) -> Desk:
    """The desk on an open store. Raises TemplateError, MissingOnMachine, and WrongUsage for a setting that names nothing."""
    library = load_library(settings.templates)
    _check_double_keyed(settings, library)
    templates = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined)
    templates.globals.update(role_names=ROLE_NAMES, visitor=None, kinds=words.KINDS, reasons=words.REASONS, sheets=words.SHEETS)
    templates.globals.update(packet_states=PACKET_STATES, shown_value=words.shown_value, packet_name=words.packet_name, numbered=numbered)
    templates.globals.update(mark_kinds=tuple(SHEETS), signs=scan_words.SIGNS, mark_word=scan_words.mark_word)
    templates.globals.update(said_word=scan_words.said_word, remark_text=scan_words.remark_text)
    templates.globals["field_label"] = lambda form, name: words.field_label(library, form, name)
    templates.filters.update(label=label, chance=words.shown_chance, percent=words.shown_percent, at_most=words.shown_most)
    templates.filters.update(action=lambda action: ACTIONS.get(action, action))
    provider = provider_of(settings.desk)
    templates.globals.update(sso=provider is not None, passwords=settings.desk.password_login)
    pictures = Pictures(settings, library)
    return Desk(settings, store, templates, library, pictures, Tiles(pictures), PieceIndex(settings, library), provider)


def _check_double_keyed(settings: Settings, library: Library) -> None:
    """A misspelt word would leave a field to one person without anybody noticing."""
    names = {spec.name for template in library.templates for spec in template.fields}
    known = {*get_args(FieldKind), *names, *(name.rpartition(".")[2] for name in names)}
    unknown = sorted(settings.desk.double_keyed_words - known)
    if unknown:
        raise WrongUsage(f"INTAKE_DESK_DOUBLE_KEYED に、欄の種類にも項目名にもない語があります: {'、'.join(unknown)}")


def desk_of(request: Request) -> Desk:
    """The desk this request was made to."""
    desk = request.app.state.desk
    assert isinstance(desk, Desk)
    return desk
