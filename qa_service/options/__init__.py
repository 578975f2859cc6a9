"""What all interfaces share: the options of a question, their limits, and refusals of wrong input.

`question.py` holds each option once. The interfaces are made from it: HTTP bodies, query strings, chats, MCP tools, the
command line, question sets and the tables of the docs.
"""
