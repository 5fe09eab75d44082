"""The `intake` commands, one module a subject: each parses, calls one function, renders."""
