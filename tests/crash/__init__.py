"""The program is killed in the middle of 200 redemptions, again and again, and started on the same database.

make crash ROUNDS=20                   # on SQLite
make crash ROUNDS=20 ENGINE=postgres   # there the database is killed too

rounds.py     a round: everybody asks at once, something is killed, everybody asks again with the same keys
killing.py    SIGKILL for all processes of a PostgreSQL, and starting it on what it left
"""
