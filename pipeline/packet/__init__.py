"""Stage 9: the sides of one or more scans -> one packet per applicant, its values decided over all its sheets."""

from pipeline.packet.assemble import SamePaper, assemble, regrouped
from pipeline.packet.placed import MADE_BY_PEOPLE, Placed, Placings, Spot, own_key
from pipeline.packet.record import Packet, PacketSheet, Role
from pipeline.packet.together import decide_together

__all__ = [
    "MADE_BY_PEOPLE",
    "Packet",
    "PacketSheet",
    "Placed",
    "Placings",
    "Role",
    "SamePaper",
    "Spot",
    "assemble",
    "decide_together",
    "own_key",
    "regrouped",
]
