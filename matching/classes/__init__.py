"""The plan of attendance for large worlds: people are drawn from classes of one score.

What somebody makes of an event depends on their interests, their style and whether they
have a profession: so a city's people fall into a few ranks for each set of categories.
An event draws from its ranks as many as it needs; nobody else is looked at.
"""
