"""The nouns, the errors, the registry and the policies of goldloop.

No input or output happens here, and nothing here names a capability or a kind.
"""
