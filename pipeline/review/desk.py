"""What every request needs, made once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline.report.words import label
from pipeline.settings import Settings
from pipeline.store import Store

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
    "audit_seen": "操作記録を表示",
}
ROLE_NAMES = {"scanner": "スキャン担当", "reviewer": "確認担当", "adjudicator": "判定担当", "admin": "管理者"}


@dataclass(frozen=True)
class Desk:
    """Settings, store and page templates."""

    settings: Settings
    store: Store
    templates: Environment

    def page(self, name: str, status: int = 200, **values: Any) -> Response:
        """A rendered page; everything in `values` is escaped by the template."""
        return HTMLResponse(self.templates.get_template(name).render(values), status)


def open_desk(settings: Settings, store: Store) -> Desk:
    """The desk on an open store."""
    templates = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined)
    templates.globals.update(role_names=ROLE_NAMES, visitor=None)
    templates.filters.update(label=label, action=lambda action: ACTIONS.get(action, action))
    return Desk(settings, store, templates)


def desk_of(request: Request) -> Desk:
    """The desk this request was made to."""
    desk = request.app.state.desk
    assert isinstance(desk, Desk)
    return desk
