"""What a run tells: its progress while it runs, and its account at the end."""
