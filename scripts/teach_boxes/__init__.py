"""Draws boxed characters and teaches the classifier of `pipeline.recognise.boxes` with them."""
