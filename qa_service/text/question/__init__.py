"""What an English question asks for: names, dates, parts, and what a follow-up leaves out."""
