"""Proof: what is stored, compared with the journals, the ends that the recorders told, and the living processes."""
