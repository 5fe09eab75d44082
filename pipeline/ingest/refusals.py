"""Why a file is not taken in: one code, one sentence for the mailroom."""

from __future__ import annotations

from pipeline.errors import ScanRefused
from pipeline.settings import Limits

REFUSALS: dict[str, str] = {
    "empty": "ファイルの中身が空です。もう一度スキャンしてください。",
    "unreadable": "ファイルを開けません。置き場所とアクセス権を確認してください。",
    "not_a_scan": "PDF・TIFF・JPEG・PNGのいずれでもありません。書類をスキャンしたファイルを入れてください。",
    "truncated": "ファイルが途中で切れています。コピーや送信をやり直すか、もう一度スキャンしてください。",
    "damaged": "ファイルが壊れていて開けません。もう一度スキャンしてください。",
    "password": "パスワードで保護されたPDFは読み取れません。保護を外してから入れてください。",
    "too_many_bytes": "ファイルが大きすぎます（上限 {megabytes} MB）。分けて入れてください。",
    "too_many_pages": "ページ数が多すぎます（上限 {pages} ページ）。分けて入れてください。",
    "too_many_pixels": "画像が大きすぎます（上限 {megapixels:,} 万画素）。解像度を下げてスキャンし直してください。",
    "page_size": "用紙の大きさが異常なページがあります。A4の大きさでスキャンし直してください。",
}
"""Code -> sentence. The numbers come from the limits in force."""


def refusal(code: str, limits: Limits) -> ScanRefused:
    """The exception for one of `REFUSALS`."""
    numbers = {"megabytes": limits.file_bytes // 1_000_000, "pages": limits.pages, "megapixels": limits.page_pixels // 10_000}
    return ScanRefused(code, REFUSALS[code].format(**numbers))


def check_pixels(width: int, height: int, limits: Limits) -> None:
    """Refuse a picture by its declared size: nothing at all, or more than `limits.page_pixels`.

    Raises:
        ScanRefused: `damaged` or `too_many_pixels`.
    """
    if width <= 0 or height <= 0:
        raise refusal("damaged", limits)
    if width * height > limits.page_pixels:
        raise refusal("too_many_pixels", limits)
