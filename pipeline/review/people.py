"""For admins: users, their roles and links, and the audit log."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from fastapi.responses import RedirectResponse, Response

from pipeline.errors import WrongUsage
from pipeline.review.access import Admin, SentForm, TheDesk, Visitor, administrating, field
from pipeline.review.desk import Desk
from pipeline.store.audit import entries, record, verify
from pipeline.store.sso import linked_names, untie
from pipeline.store.users import ROLES, add_user, all_users, disable_user, enable_user, invite, set_roles, wanted_user

router = APIRouter(dependencies=[Depends(administrating)])

ENTRIES = 200
"""Entries of the audit log on its page; all of them are in the database."""
Name = Annotated[str, Path(max_length=64)]


@router.get("/people")
def show_people(desk: TheDesk, visitor: Admin) -> Response:
    """All users."""
    return _people_page(desk, visitor)


@router.post("/people")
def add(desk: TheDesk, visitor: Admin, form: SentForm) -> Response:
    """A new user, and the link to hand to them: it is shown once."""
    name = field(form, "name").strip().lower()
    try:
        with desk.store.writing() as session:
            user = add_user(session, name, field(form, "display"), form.get("roles", []), by=visitor.name)
            secret = invite(session, user, by=visitor.name)
    except WrongUsage as problem:
        return _people_page(desk, visitor, status=400, problem=str(problem))
    return _people_page(desk, visitor, invited=name, link=f"/welcome/{secret}")


@router.post("/people/{name}/link")
def new_link(name: Name, desk: TheDesk, visitor: Admin) -> Response:
    """Another link, for somebody who lost theirs or forgot the password."""
    try:
        with desk.store.writing() as session:
            secret = invite(session, wanted_user(session, name), by=visitor.name)
    except WrongUsage as problem:
        return _people_page(desk, visitor, status=400, problem=str(problem))
    return _people_page(desk, visitor, invited=name, link=f"/welcome/{secret}")


@router.post("/people/{name}/roles")
def change_roles(name: Name, desk: TheDesk, visitor: Admin, form: SentForm) -> Response:
    """Other roles; they hold from the next click on."""
    try:
        with desk.store.writing() as session:
            set_roles(session, wanted_user(session, name), form.get("roles", []), by=visitor.name)
    except WrongUsage as problem:
        return _people_page(desk, visitor, status=400, problem=str(problem))
    return RedirectResponse("/people", 303)


@router.post("/people/{name}/disabled")
def change_disabled(name: Name, desk: TheDesk, visitor: Admin, form: SentForm) -> Response:
    """Let somebody in no more, or again."""
    change = disable_user if field(form, "disabled") == "yes" else enable_user
    try:
        with desk.store.writing() as session:
            change(session, wanted_user(session, name), by=visitor.name)
    except WrongUsage as problem:
        return _people_page(desk, visitor, status=400, problem=str(problem))
    return RedirectResponse("/people", 303)


@router.post("/people/{name}/untie")
def untie_account(name: Name, desk: TheDesk, visitor: Admin) -> Response:
    """Forget which outside account is this person's; the next single sign-on under their name ties anew."""
    try:
        with desk.store.writing() as session:
            untie(session, wanted_user(session, name), by=visitor.name)
    except WrongUsage as problem:
        return _people_page(desk, visitor, status=400, problem=str(problem))
    return RedirectResponse("/people", 303)


@router.get("/audit")
def show_audit(desk: TheDesk, visitor: Admin) -> Response:
    """Whether the chains hold, and the newest entries. Looking at it is an entry of its own."""
    with desk.store.writing() as session:
        record(session, visitor.name, "audit_seen")
        chains, rows = verify(session), entries(session, ENTRIES)
    return desk.page("audit.html", visitor=visitor, chains=chains, rows=rows)


def _people_page(
    desk: Desk, visitor: Visitor, *, status: int = 200, problem: str | None = None, invited: str | None = None, link: str | None = None
) -> Response:
    with desk.store.reading() as session:
        users, linked = all_users(session), linked_names(session)
    shown = {"users": users, "linked": linked, "roles": ROLES}
    return desk.page("people.html", status, visitor=visitor, problem=problem, invited=invited, link=link, **shown)
