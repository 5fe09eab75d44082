"""Teaches the network that reads descriptions of duties; see __main__."""
