"""Draws blank forms, fills them in, and scans them on paper: for samples, tests and the accuracy lab."""
