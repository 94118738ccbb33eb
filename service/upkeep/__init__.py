"""What keeps an installation in order while nobody looks: garbage, retention, and an examination of what is stored."""
