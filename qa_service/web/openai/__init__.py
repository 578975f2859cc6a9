"""OpenAI's protocol: models, chat completions and responses, so that whatever speaks it can ask a collection.

https://platform.openai.com/docs/api-reference ; what differs is in `docs/reference/chat-protocol.md`.
"""
