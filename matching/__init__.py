"""The domain: who belongs with whom and what, by scored rules over Polars frames.

Imports Polars and numpy alone, so that the app's own recommender can use it.
"""
