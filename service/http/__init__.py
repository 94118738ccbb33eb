"""What all controllers share: problems, bodies, uploads, content, pages, events."""
