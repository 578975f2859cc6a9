"""What the readers of office documents and EPUB share."""
