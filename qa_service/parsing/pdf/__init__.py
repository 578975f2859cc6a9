"""Reads the text of PDF pages in reading order. One file a step, in the order of the work:

`words` (glyphs to words), `rules` (drawn lines and boxes), `running` (page headers and footers), `grids` (tables),
`regions` (columns), `lines`, `paragraphs`, `flow` (over columns and pages), `joining`, `facts` (title, author, date).
`recognition` reads scanned pages. Coordinates are in points; y grows downwards from the top of the page.
"""
