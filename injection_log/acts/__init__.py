"""What people do: one function an act. Each checks who may, refuses in words, and writes one event."""
