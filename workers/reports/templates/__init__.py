"""The report page: one template a section, and one style sheet."""
