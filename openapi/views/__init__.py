"""What the calls about an audit's analyses answer: layers, neurons, the matrix, images, clusters and the rest.

Workers prepare them in a file of columns (`openapi.wire.columns`); the API reads slices of it.
"""
