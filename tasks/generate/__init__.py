"""The three passes that write the world's prose: communities, people, venues."""
