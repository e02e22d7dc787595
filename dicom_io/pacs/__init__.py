"""Talking to a PACS: echo, find and retrieve, each with time-outs and an error in words."""
