"""What an English sentence claims: its clauses, numbers, quantities and dates."""
