"""Every change of a wallet's status: who froze, opened or closed it, and why."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from storage.ddl import run_ddl

TABLES = [
    # position: 1, 2, 3 ... on a wallet, under its row's lock.
    """CREATE TABLE account_changes (
        id {id},
        account_id {int} NOT NULL REFERENCES accounts (id),
        position {int} NOT NULL,
        previous_status TEXT NOT NULL,
        status TEXT NOT NULL,
        reason TEXT NOT NULL,
        changed_by_id {int} NOT NULL,
        changed_at {int} NOT NULL,
        CONSTRAINT account_changes_status_known CHECK (previous_status IN ('OPEN', 'FROZEN')
            AND status IN ('OPEN', 'FROZEN', 'CLOSED') AND status <> previous_status)
    ) {strict}""",
    "CREATE UNIQUE INDEX account_changes_position ON account_changes (account_id, position)",
]

SQLITE_TRIGGERS = [
    *(
        f"""CREATE TRIGGER account_changes_no_{act.lower()} BEFORE {act} ON account_changes
        BEGIN SELECT RAISE(ABORT, 'account_changes are never changed'); END"""
        for act in ("UPDATE", "DELETE")
    ),
    """CREATE TRIGGER accounts_closed_for_good BEFORE UPDATE OF status ON accounts
        WHEN OLD.status = 'CLOSED' AND NEW.status <> 'CLOSED'
        BEGIN SELECT RAISE(ABORT, 'a closed wallet is never opened again'); END""",
]

# refuse_change() is of migration 0002.
POSTGRES_TRIGGERS = [
    *(
        f"""CREATE TRIGGER account_changes_no_{act.lower()} BEFORE {act} ON account_changes
        FOR EACH ROW EXECUTE FUNCTION refuse_change()"""
        for act in ("UPDATE", "DELETE")
    ),
    "CREATE TRIGGER account_changes_no_truncate BEFORE TRUNCATE ON account_changes EXECUTE FUNCTION refuse_change()",
    """CREATE TRIGGER accounts_closed_for_good BEFORE UPDATE OF status ON accounts
        FOR EACH ROW WHEN (OLD.status = 'CLOSED' AND NEW.status <> 'CLOSED') EXECUTE FUNCTION refuse_change()""",
]


class Migration(TortoiseMigration):
    dependencies = [("xuexi", "0012_adjustments")]
    atomic = False  # storage.migrations holds the transaction
    operations = [run_ddl(TABLES), run_ddl(SQLITE_TRIGGERS, only="sqlite"), run_ddl(POSTGRES_TRIGGERS, only="postgres")]
