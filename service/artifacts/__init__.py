"""Files that jobs left."""
