# Stop: let it end, for it takes seconds
# What writes into ClickHouse rests while tables are filled: rows that come in between would be missing. The
# LMS keeps its tracking logs, and tasks that fail are tried again or replayed. SERVICES.
right_root
rest $SERVICES
