"""Adapters: our code for each agent. Pure: bytes in, values out, no input or output of their own."""
