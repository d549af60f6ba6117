"""Why a row is what it is: told again from the edition, and equal to what is stored."""
