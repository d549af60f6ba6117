"""A server that behaves as the Message Batches documentation says, faults included."""
