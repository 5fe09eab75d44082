"""`intake review`, `intake users`, `intake audit`: the review desk, its people and its records."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.commands.console import out, print_json
from pipeline.errors import WrongUsage
from pipeline.settings import Settings
from pipeline.store import open_store

BROKEN = 1
CHAINS = {"audit": "操作記録", "decisions": "確認の記録"}

users = typer.Typer(no_args_is_help=True, help="確認デスクの利用者")
audit = typer.Typer(no_args_is_help=True, help="操作記録の検査")
Json = Annotated[bool, typer.Option("--json", help="JSON で出力する")]


def register(app: typer.Typer) -> None:
    """Add this module's commands to `app`."""
    app.command()(review)
    app.add_typer(users, name="users")
    app.add_typer(audit, name="audit")


def review(
    host: Annotated[str | None, typer.Option("--host", help="待ち受けるアドレス（既定 127.0.0.1）")] = None,
    port: Annotated[int | None, typer.Option("--port", min=0, max=65535, help="待ち受けるポート（既定 8765）")] = None,
) -> None:
    """確認デスクを開く（停止は Ctrl-C）。"""
    from pipeline.review.serving import serve

    settings = Settings()
    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    serve(settings.model_copy(update={"desk": settings.desk.model_copy(update=given)}), say)


def say(sentence: str) -> None:
    """Tell the person who started the desk; a link is one line, so that it can be copied."""
    out.print(sentence, markup=False, soft_wrap=True)


@users.command("add")
def add_user(
    name: Annotated[str, typer.Argument(help="利用者名（半角の英小文字・数字）")],
    display: Annotated[str, typer.Option("--display", help="画面に表示する名前")] = "",
    role: Annotated[list[str] | None, typer.Option("--role", help="scanner / reviewer / adjudicator / admin（複数可）")] = None,
) -> None:
    """利用者を追加し、パスワードを決めるためのリンクを表示する。"""
    from pipeline.store import users as people

    settings = Settings()
    store = open_store(settings)
    try:
        with store.writing() as session:
            user = people.add_user(session, name, display, role or [], by=None)
            secret = people.invite(session, user, by=None)
    finally:
        store.close()
    say(f"{name} を追加しました。次のリンクを本人に渡してください（{people.LINK_HOURS} 時間以内に 1 回だけ使えます）:")
    say(_link(settings, secret))


@users.command("link")
def new_link(name: Annotated[str, typer.Argument(help="利用者名")]) -> None:
    """パスワードを決め直すためのリンクを表示する。"""
    from pipeline.store import users as people

    settings = Settings()
    store = open_store(settings)
    try:
        with store.writing() as session:
            secret = people.invite(session, people.wanted_user(session, name), by=None)
    finally:
        store.close()
    say(_link(settings, secret))


@users.command("untie")
def untie_user(name: Annotated[str, typer.Argument(help="利用者名")]) -> None:
    """シングルサインオンの外部アカウントとの結び付けを解除する。"""
    from pipeline.store import users as people
    from pipeline.store.sso import untie

    store = open_store(Settings())
    try:
        with store.writing() as session:
            tied = untie(session, people.wanted_user(session, name), by=None)
    finally:
        store.close()
    say(f"{name} の外部アカウントを解除しました。" if tied else f"{name} に外部アカウントは結び付いていません。")


@users.command("list")
def list_users(json_: Json = False) -> None:  # noqa: FBT002 - typer's way of a flag
    """利用者と役割を表示する。"""
    from pipeline.store.users import all_users

    store = open_store(Settings())
    try:
        with store.reading() as session:
            rows = all_users(session)
    finally:
        store.close()
    if json_:
        print_json([{"name": row.name, "display": row.display, "roles": row.roles, "disabled": row.disabled} for row in rows])
        return
    for row in rows:
        state = "停止中" if row.disabled else "利用中" if row.password else "パスワード未設定"
        out.print(f"{row.name}  {row.display}  {'・'.join(row.roles)}  {state}", markup=False, soft_wrap=True)


@users.command("disable")
def disable_user(name: Annotated[str, typer.Argument(help="利用者名")]) -> None:
    """利用者を停止する。開いている画面も使えなくなる。"""
    from pipeline.store import users as people

    store = open_store(Settings())
    try:
        with store.writing() as session:
            people.disable_user(session, people.wanted_user(session, name), by=None)
    finally:
        store.close()
    out.print(f"{name} を停止しました。", markup=False)


@audit.command("verify")
def verify_audit(
    head: Annotated[str | None, typer.Option("--head", help="前に控えた末尾のハッシュ。今も残っているかを調べる")] = None,
    json_: Json = False,  # noqa: FBT002
) -> None:
    """操作記録と確認の記録が書き換えられていないかを調べる。"""
    from pipeline.store import audit as records

    store = open_store(Settings())
    try:
        with store.reading() as session:
            chains, kept = records.verify(session), head is None or records.holds(session, head)
    finally:
        store.close()
    fine = kept and all(chain.broken is None for chain in chains)
    if json_:
        print_json({"fine": fine, "head_kept": kept, "chains": [vars(chain) for chain in chains]})
    else:
        for chain in chains:
            found = "改ざんはありません" if chain.broken is None else f"{chain.broken} 番で改ざんの疑いがあります"
            out.print(f"{CHAINS[chain.name]}: {chain.entries} 件、{found}。末尾 {chain.head}", markup=False, soft_wrap=True)
        if not kept:
            out.print("控えた末尾のハッシュが見つかりません。記録が切り取られた疑いがあります。", markup=False)
    raise typer.Exit(0 if fine else BROKEN)


def _link(settings: Settings, secret: str) -> str:
    desk = settings.desk
    if not desk.port:
        raise WrongUsage("INTAKE_DESK_PORT を決めてから、リンクを発行してください。")
    return f"{'https' if desk.https else 'http'}://{desk.host}:{desk.port}/welcome/{secret}"
