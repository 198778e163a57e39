"""A town in miniature, played from a seed: rules, ledger and a real database in one process, with a false clock and faults.

    make simulate SEEDS=1000    # many towns, in as many processes as there are cores
    make simulate SEED=1234     # one of them again, told step by step

A seed decides everything: the town, what its people want, whose transaction comes first, what goes wrong, every id and every
random bit. One person moves at a time, so a seed that fails fails again, in the same way.

    town.py       the programmes, people, activities and offers of a seed
    wishes        attending.py, earning.py, claiming.py, correcting.py, wallets.py, redeeming.py, reserving.py, gate.py,
                  book.py: what people may want; each says how it is asked for, and in a few plain lines what must come of it
    desires.py    what somebody might want next
    model.py      the plain model those lines change: dictionaries and whole numbers, of things.py
    turns.py      the seam: every transaction waits here for its turn, and may meet a fault
    story.py      plays a seed: moments, retries, restarts, jumps of the clock, and the reckoning at the end
    reckoning.py  what the database holds, beside the model; and the audit
    report.py     how a story that went wrong is told

A fault is a real one. A commit that fails is refused by the database itself, at COMMIT, by a foreign key that is checked only
then. A power cut opens a copy of SQLite's files taken in the middle of a transaction; on PostgreSQL the session is ended there.
A lost answer is lost after the commit. Whoever does not hear asks again with the same key, until they are answered.
"""
