"""Separator sheets between the envelopes of one stack: what their QR says, and how a scanned page is known to be one.

Printing them is `pipeline.cover_sheets.printing`, kept out of here: a page worker needs no PDF writer.
"""

from pipeline.cover_sheets.payload import Cover, cover_text, parse_cover
from pipeline.cover_sheets.reading import CoverPage, read_cover

__all__ = ["Cover", "CoverPage", "cover_text", "parse_cover", "read_cover"]
