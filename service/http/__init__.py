"""HTTP, and all that knows of it beside the controllers: problems, bodies, uploads, content, guards, the document."""
