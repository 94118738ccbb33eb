"""The calls about the analyses of an audit, answered from slices of the columns that its report left."""
