"""The database's own tables as frames: one module for each part of the app.

Every function returns one row per database row, with the columns that the seeder fills
under the database's own names. `is_demo` marks what belongs to the demo user alone; it
decides which stage loads the row and is dropped before the file is written.
"""
