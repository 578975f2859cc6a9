"""OpenAI's protocol: models, chat completions and responses, so that its clients can ask a collection.

https://platform.openai.com/docs/api-reference ; `docs/reference/chat-protocol.md` lists the differences.
"""
