"""Programmes, accounts, transfers, entries, and the keys that make a retry harmless."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from storage.ddl import run_ddl

TABLES = [
    """CREATE TABLE programmes (
        id {id},
        code TEXT NOT NULL CONSTRAINT programmes_code_unique UNIQUE,
        name TEXT NOT NULL,
        zone TEXT NOT NULL,
        budget {int},
        issued {int} NOT NULL DEFAULT 0,
        CONSTRAINT programmes_budget_kept CHECK (issued >= 0 AND (budget IS NULL OR issued <= budget))
    ) {strict}""",
    # Wallets keep their sums here; a system account's sums are added up from its entries when someone asks.
    """CREATE TABLE accounts (
        id {id},
        programme TEXT NOT NULL REFERENCES programmes (code),
        kind TEXT NOT NULL,
        holder_id {int},
        debits {int} NOT NULL DEFAULT 0,
        credits {int} NOT NULL DEFAULT 0,
        entry_count {int} NOT NULL DEFAULT 0,
        created_at {int} NOT NULL,
        CONSTRAINT accounts_kind_known CHECK (kind IN ('WALLET', 'ISSUANCE', 'REDEMPTION', 'EXPIRY', 'ADJUSTMENT')),
        CONSTRAINT accounts_holder_of_wallet CHECK ((kind = 'WALLET') = (holder_id IS NOT NULL)),
        CONSTRAINT accounts_sums_in_range CHECK (debits BETWEEN 0 AND 9007199254740991
            AND credits BETWEEN 0 AND 9007199254740991 AND entry_count >= 0),
        CONSTRAINT accounts_sums_of_wallets CHECK (kind = 'WALLET' OR (debits = 0 AND credits = 0 AND entry_count = 0)),
        CONSTRAINT accounts_programme_unique UNIQUE (id, programme)
    ) {strict}""",
    "CREATE UNIQUE INDEX accounts_wallet_once ON accounts (holder_id, programme) WHERE kind = 'WALLET'",
    "CREATE UNIQUE INDEX accounts_system_once ON accounts (programme, kind) WHERE kind <> 'WALLET'",
    """CREATE TABLE transfers (
        id {id},
        programme TEXT NOT NULL REFERENCES programmes (code),
        kind TEXT NOT NULL,
        amount {int} NOT NULL,
        debit_id {int} NOT NULL,
        credit_id {int} NOT NULL,
        memo TEXT NOT NULL,
        occurred_at {int} NOT NULL,
        posted_at {int} NOT NULL,
        reverses_id {int} REFERENCES transfers (id),
        source_kind TEXT,
        source_id {int},
        posted_by_id {int},
        CONSTRAINT transfers_kind_known CHECK (kind IN ('EARN', 'REDEEM', 'REFUND', 'ADJUST', 'EXPIRE', 'REVERSAL')),
        CONSTRAINT transfers_amount_positive CHECK (amount > 0 AND amount <= 9007199254740991),
        CONSTRAINT transfers_two_accounts CHECK (debit_id <> credit_id),
        CONSTRAINT transfers_source_whole CHECK ((source_kind IS NULL) = (source_id IS NULL)),
        CONSTRAINT transfers_taken_back_by_kind CHECK ((kind IN ('REVERSAL', 'REFUND')) = (reverses_id IS NOT NULL)),
        CONSTRAINT transfers_debit_of_programme FOREIGN KEY (debit_id, programme) REFERENCES accounts (id, programme),
        CONSTRAINT transfers_credit_of_programme FOREIGN KEY (credit_id, programme) REFERENCES accounts (id, programme)
    ) {strict}""",
    "CREATE UNIQUE INDEX transfers_reversed_once ON transfers (reverses_id) WHERE reverses_id IS NOT NULL",
    # position: 1, 2, 3 ... on a wallet, in the order of its row lock; the transfer's id on a system account.
    """CREATE TABLE entries (
        id {id},
        account_id {int} NOT NULL REFERENCES accounts (id),
        position {int} NOT NULL,
        transfer_id {int} NOT NULL REFERENCES transfers (id),
        amount {int} NOT NULL,
        balance_after {int},
        posted_at {int} NOT NULL,
        CONSTRAINT entries_amount_moves CHECK (amount <> 0)
    ) {strict}""",
    "CREATE UNIQUE INDEX entries_account_position ON entries (account_id, position)",
    "CREATE UNIQUE INDEX entries_transfer_account ON entries (transfer_id, account_id)",
    """CREATE TABLE idempotency_keys (
        id {id},
        caller_id {int} NOT NULL,
        key TEXT NOT NULL,
        act TEXT NOT NULL,
        digest TEXT NOT NULL,
        answer TEXT NOT NULL,
        created_at {int} NOT NULL
    ) {strict}""",
    "CREATE UNIQUE INDEX idempotency_keys_once ON idempotency_keys (caller_id, key)",
]

SQLITE_TRIGGERS = [
    f"""CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table}
        BEGIN SELECT RAISE(ABORT, '{table} are never changed'); END"""
    for table in ("transfers", "entries")
    for act in ("UPDATE", "DELETE")
]

POSTGRES_TRIGGERS = [
    """CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '% are never changed', TG_TABLE_NAME USING ERRCODE = '23514'; END $$""",
    *(
        f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        for table in ("transfers", "entries")
        for act in ("UPDATE", "DELETE")
    ),
    *(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION refuse_change()"
        for table in ("transfers", "entries")
    ),
]


class Migration(TortoiseMigration):
    dependencies = [("xuexi", "0001_places_and_people")]
    atomic = False  # storage.migrations holds the transaction
    operations = [run_ddl(TABLES), run_ddl(SQLITE_TRIGGERS, only="sqlite"), run_ddl(POSTGRES_TRIGGERS, only="postgres")]
