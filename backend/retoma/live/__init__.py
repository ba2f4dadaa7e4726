"""The one live source behind WebSocket and SSE. A wake-up is a hint; the entries come from the log, by cursor."""
