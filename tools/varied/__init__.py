"""Test pictures with known truth that differ far more than the practice phantom's: for measuring help from the picture.

`tissue` draws a neck with one gland, `needles` lays a needle and lines that only look like one into it, `scanner` makes
the grey picture, `pictures` draws the lots, `hands` stands for the person who drags and clicks. Everything follows from
a seed. A drawing by eye and no model of sound: figures measured here say nothing certain about patients.
"""
