"""What the connector does, one module for each kind of thing at Attio."""
