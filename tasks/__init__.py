"""Everything with an effect: answers, files, the database, the command line."""
