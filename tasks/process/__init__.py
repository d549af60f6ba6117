"""From answers as received to the tables of one world."""
