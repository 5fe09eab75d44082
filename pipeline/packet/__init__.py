"""Stage 9: the sides of one or more scans -> one packet per applicant, its values decided over all its sheets."""

from pipeline.packet.assemble import SamePaper, assemble
from pipeline.packet.record import Packet, PacketSheet, Role
from pipeline.packet.together import decide_together

__all__ = ["Packet", "PacketSheet", "Role", "SamePaper", "assemble", "decide_together"]
