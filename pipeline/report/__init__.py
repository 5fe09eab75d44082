"""What `intake status` and the end of `intake demo` say."""

from pipeline.report.tables import Status, read_status, render_status, status_json

__all__ = ["Status", "read_status", "render_status", "status_json"]
