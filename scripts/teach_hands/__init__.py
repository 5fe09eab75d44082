"""Teaches PP-OCRv6's small recogniser Japanese hands. Needs requirements.txt beside it; the product itself needs none of this."""
