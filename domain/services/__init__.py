"""The use cases: each public method is one thing a person does, in one transaction."""
