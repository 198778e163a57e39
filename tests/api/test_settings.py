"""Settings come from the environment and are refused aloud, all problems at once."""

from __future__ import annotations

import secrets
import stat
from pathlib import Path

import pytest

from api.secret import master_secret
from api.settings import BadSettings, Settings, read_settings, settings_as_markdown

LONG = "0123456789abcdef0123456789abcdef"
PRODUCTION = {
    "XUEXI_ENVIRONMENT": "production",
    "XUEXI_SECRET": LONG,
    "XUEXI_SMS": "webhook",
    "XUEXI_SMS_WEBHOOK_URL": "https://sms.example.com/send",
    "XUEXI_SMS_WEBHOOK_SECRET": LONG,
}


def problems_of(environ: dict[str, str]) -> list[str]:
    with pytest.raises(BadSettings) as refused:
        read_settings(environ)
    return refused.value.problems


def test_an_empty_environment_gives_the_defaults_of_development() -> None:
    assert read_settings({}) == Settings()
    assert read_settings({"PATH": "/bin"}).database_url == "sqlite://var/xuexi.db"


def test_a_complete_production_environment_is_taken() -> None:
    settings = read_settings(PRODUCTION | {"XUEXI_PORT": "9000"})
    assert (settings.port, settings.development, settings.shows_graphiql) == (9000, False, False)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("XUEXI_ENVIRONMENT", "staging"),
        ("XUEXI_DATABASE_URL", "mysql://localhost/xuexi"),
        ("XUEXI_HOST", ""),
        ("XUEXI_HOST", "127.0.0.1 127.0.0.2"),
        ("XUEXI_PORT", "0"),
        ("XUEXI_PORT", "65536"),
        ("XUEXI_PORT", "eighty"),
        ("XUEXI_PORT", "８０００"),
        ("XUEXI_SECRET", "short"),
        ("XUEXI_SMS", "carrier pigeon"),
        ("XUEXI_SMS_WEBHOOK_URL", "ftp://sms.example.com"),
        ("XUEXI_SMS_WEBHOOK_SECRET", "short"),
        ("XUEXI_OIDC_ISSUER", "rencheng"),
        ("XUEXI_GRAPHIQL", "yes"),
        ("XUEXI_DEMO_DATA", "on"),
        ("XUEXI_ZONE", "Asia/Jining"),
        ("XUEXI_BODY_LIMIT", "1"),
        ("XUEXI_TOKEN_LIMIT", "99"),
        ("XUEXI_DEPTH_LIMIT", "14"),
        ("XUEXI_ALIAS_LIMIT", "0"),
        ("XUEXI_DIRECTIVE_LIMIT", "0"),
        ("XUEXI_REPEAT_LIMIT", "many"),
        ("XUEXI_SELECTION_LIMIT", "0"),
        ("XUEXI_COST_LIMIT", "0"),
        ("XUEXI_DEADLINE_SECONDS", "0"),
        ("XUEXI_SIGN_IN_CODES_PER_HOUR", "0"),
        ("XUEXI_SIGN_INS_PER_HOUR", "0"),
        ("XUEXI_MEMBER_CODES_PER_MINUTE", "999"),
        ("XUEXI_SCANS_PER_MINUTE", "499"),
        ("XUEXI_TRUSTED_PROXIES", "the proxy"),
        ("XUEXI_STOP_SECONDS", "-1"),
        ("XUEXI_LOG_LEVEL", "verbose"),
    ],
)
def test_a_bad_value_is_refused_by_name_with_what_is_allowed(name: str, value: str) -> None:
    [problem] = problems_of({name: value})
    assert problem.startswith(name)
    assert "allowed is: " in problem


def test_secrets_and_passwords_are_never_repeated() -> None:
    problems = problems_of({"XUEXI_SECRET": "hush", "XUEXI_DATABASE_URL": "mysql://root:hush@localhost/x"})
    assert len(problems) == 2
    assert "hush" not in " ".join(problems)
    assert "hush" not in repr(Settings(secret="hush", database_url="postgres://a:hush@b/c", sms_webhook_secret="hush"))


def test_an_unknown_variable_is_refused_with_the_nearest_name() -> None:
    assert problems_of({"XUEXI_DATABASE_ULR": "x"}) == [
        "XUEXI_DATABASE_ULR is not a setting; did you mean XUEXI_DATABASE_URL?"
    ]


def test_all_problems_are_named_at_once() -> None:
    problems = problems_of({"XUEXI_PORT": "x", "XUEXI_ZONE": "y", "XUEXI_COLOUR": "z"})
    assert [problem.split("=")[0].split(" ")[0] for problem in problems] == ["XUEXI_COLOUR", "XUEXI_PORT", "XUEXI_ZONE"]


def test_production_needs_a_secret_and_refuses_codes_in_the_log() -> None:
    problems = problems_of({"XUEXI_ENVIRONMENT": "production"})
    assert [problem.split(" ")[0] for problem in problems] == ["XUEXI_SECRET", "XUEXI_SMS=console"]


def test_the_webhook_needs_its_address_and_its_secret() -> None:
    problems = problems_of({"XUEXI_SMS": "webhook"})
    assert [problem.split(" ")[0] for problem in problems] == ["XUEXI_SMS_WEBHOOK_URL", "XUEXI_SMS_WEBHOOK_SECRET"]


def test_an_identity_provider_is_named_whole_and_its_keys_come_over_https() -> None:
    provider = {"XUEXI_OIDC_ISSUER": "https://id.example.com", "XUEXI_OIDC_AUDIENCE": "xuexi"}
    (problem,) = problems_of(provider)
    assert problem.startswith("XUEXI_OIDC_JWKS_URL is needed")
    keys = {"XUEXI_OIDC_JWKS_URL": "http://id.example.com/keys"}
    assert read_settings(provider | keys).oidc_audience == "xuexi"
    assert "https" in problems_of(PRODUCTION | provider | keys)[0]


def test_the_page_of_settings_lists_them_as_they_are() -> None:
    page = (Path(__file__).parents[2] / "docs" / "settings.md").read_text()
    assert settings_as_markdown() in page, f"the table has to be:\n{settings_as_markdown()}"


def test_development_makes_a_secret_that_only_its_owner_reads(tmp_path: Path) -> None:
    settings = Settings(secret_file=str(tmp_path / "var" / "secret"))
    first = master_secret(settings, secrets.token_bytes)
    assert len(first) >= 32
    assert stat.S_IMODE((tmp_path / "var" / "secret").stat().st_mode) == 0o600
    assert master_secret(settings, secrets.token_bytes) == first, "the second start finds the same secret"
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret"]


def test_production_makes_no_secret(tmp_path: Path) -> None:
    settings = Settings(environment="production", secret_file=str(tmp_path / "secret"))
    with pytest.raises(BadSettings, match="XUEXI_SECRET_FILE"):
        master_secret(settings, secrets.token_bytes)


def test_a_short_secret_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("short\n")
    with pytest.raises(BadSettings, match="32 bytes"):
        master_secret(Settings(secret_file=str(tmp_path / "secret")), secrets.token_bytes)
