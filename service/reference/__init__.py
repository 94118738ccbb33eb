"""The reference of the API as a page: Swagger UI over the generated document, every file of it in this package."""
