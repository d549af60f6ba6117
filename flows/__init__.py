"""The flows; `flows/seed.py` is the one that there is."""
