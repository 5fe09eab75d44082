"""How long the figures of the what-if slider take, with many fields in the store.

    python -m benchmarks.what_if [--fields 100000] [--rounds 5]

The fields are rows with drawn confidences (no pages are read); what is timed is the count in the database and the sums over all rates.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
from sqlalchemy import insert

from pipeline.decide.texts import FAMILIES
from pipeline.recognise.calibration import load_calibration
from pipeline.review.estimates import estimates, levels
from pipeline.settings import Settings
from pipeline.store import Store, open_store
from pipeline.store.tables import FieldRow, PacketRow, PageRow, ScanRow, SheetRow
from pipeline.store.whatif import bands

FIELDS_A_SHEET = 25
SEED = 5
DAY = date(2026, 11, 10)
CURRENT = 0.001


def fill(store: Store, number: int) -> None:
    """So many fields, on sheets of FIELDS_A_SHEET, five sheets a packet."""
    draw = np.random.default_rng(SEED)
    sheets = -(-number // FIELDS_A_SHEET)
    now = datetime.now(UTC)
    with store.writing() as session:
        scan = {"name": "x", "media": "pdf", "page_count": 1, "received": DAY, "state": "read", "added_at": now}
        session.execute(insert(ScanRow), [{**scan, "id": n, "sha256": f"{n:064x}"} for n in range(1, sheets + 1)])
        page = {"number": 1, "version": "1", "state": "read", "done_at": now}
        session.execute(insert(PageRow), [{**page, "id": n, "scan_id": n} for n in range(1, sheets + 1)])
        packet = {"received": DAY, "verdict": "undecided", "state": "review", "deadline": DAY}
        session.execute(insert(PacketRow), [{**packet, "id": n, "key": f"k-{n}"} for n in range(1, sheets // 5 + 2)])
        side = {"form": "a", "sheet": "a", "fingerprint": "0" * 16, "findings": [], "role": "used"}
        places = [{"id": n, "page_id": n, "packet_id": n // 5 + 1, "position": n % 5} for n in range(1, sheets + 1)]
        session.execute(insert(SheetRow), [{**side, **place} for place in places])
        session.execute(insert(FieldRow), [_field(place, draw) for place in range(sheets * FIELDS_A_SHEET)])


def _field(place: int, draw: np.random.Generator) -> dict[str, object]:
    kinds = (*FAMILIES, "choice", "seal", "field")
    confidence = min(1 - float(draw.gamma(0.3, 0.01)), 0.99999)
    sure = confidence >= 0.9914
    said = {"decision": "accept" if sure else "review", "reason": None if sure else "low_probability"}
    where = {"sheet_id": place // FIELDS_A_SHEET + 1, "position": place % FIELDS_A_SHEET, "name": f"field_{place % FIELDS_A_SHEET}"}
    reading = {"raw": "架空", "candidates": [["架空商事株式会社", -0.01 * n] for n in range(6)], "box": [1.0, 2.0, 3.0, 4.0]}
    read = {"kind": kinds[place % len(kinds)], "raw": "架空商事株式会社", "value": "x", "confidence": confidence, "reading": reading}
    return {**where, **said, **read}


def main() -> None:
    """Prints the seconds of each round."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fields", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Settings(home=Path(folder)))
        fill(store, asked.fields)
        calibration = load_calibration()
        for _ in range(asked.rounds):
            begin = time.perf_counter()
            wanted = levels(calibration, CURRENT, None)
            with store.reading() as session:
                counted = bands(session, wanted)
            middle = time.perf_counter()
            found = estimates(counted, calibration, CURRENT, None)
            end = time.perf_counter()
            total, waits = sum(band.fields for band in counted), [line.waiting for line in found.lines]
            print(f"{total} fields in {len(counted)} bands: {middle - begin:.3f} s counting, {end - middle:.4f} s summing; waiting {waits}")
        store.close()


if __name__ == "__main__":
    main()
