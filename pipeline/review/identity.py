"""The identity provider of the settings, where there is one; the packages that it needs are asked for only then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.errors import MissingOnMachine, WrongUsage
from pipeline.settings import DeskSettings

if TYPE_CHECKING:
    from pipeline.review.oidc import Provider

NO_PACKAGES = "シングルサインオンに必要なパッケージがありません。pip install 'conken-intake[sso]' で追加してください。"


def provider_of(rules: DeskSettings) -> Provider | None:
    """The provider, None without single sign-on. Raises WrongUsage, MissingOnMachine."""
    if not rules.oidc_issuer:
        if not rules.password_login:
            raise WrongUsage("パスワードでのログインを止めるには、INTAKE_DESK_OIDC_ISSUER の設定が必要です。")
        return None
    if not rules.oidc_client_id:
        raise WrongUsage("シングルサインオンには INTAKE_DESK_OIDC_CLIENT_ID の設定も必要です。")
    try:
        from pipeline.review.oidc import Provider
    except ImportError as exc:
        raise MissingOnMachine(NO_PACKAGES) from exc
    return Provider(rules)
