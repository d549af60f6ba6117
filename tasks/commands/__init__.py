"""What is asked of the program: the command line, and the flow's own parameters.

Nothing here imports Prefect, Polars or psycopg before a command needs it, so that
`--help` and a wrong argument answer at once.
"""
