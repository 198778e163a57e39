"""What an operator may set: environment variables named XUEXI_..., read at start, refused aloud if wrong."""

from __future__ import annotations

import difflib
import zoneinfo
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from ipaddress import ip_network
from typing import Any, Literal
from urllib.parse import urlsplit

from api.origins import origins
from schema.bounds import Limits
from schema.meter import HOUR, MINUTE, Allowance, Allowances

PREFIX = "XUEXI_"
SHORTEST_SECRET = 32  # bytes
KIB = 1024
LIMITS, ALLOWANCES = Limits(), Allowances()  # the usual ones


class BadSettings(Exception):
    """Settings we refuse to start with; `problems` names every one of them, not only the first."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


Read = Callable[[str], Any]


def one_of(*allowed: str) -> tuple[Read, str]:
    """One of some words."""

    def read(text: str) -> str:
        if text not in allowed:
            raise ValueError
        return text

    return read, " or ".join(allowed)


def whole_number(lowest: int, highest: int) -> tuple[Read, str]:
    """An integer between two bounds, both included."""

    def read(text: str) -> int:
        number = int(text) if text.isascii() else lowest - 1
        if not lowest <= number <= highest:
            raise ValueError
        return number

    return read, f"{lowest} to {highest}"


def text_of(shortest: int) -> tuple[Read, str]:
    """Text of at least so many bytes."""

    def read(text: str) -> str:
        if len(text.encode()) < shortest:
            raise ValueError
        return text

    return read, "any text" if shortest <= 1 else f"at least {shortest} bytes"


def address() -> tuple[Read, str]:
    """What can be listened on; the system says more when we do."""

    def read(text: str) -> str:
        if not text or any(character.isspace() for character in text):
            raise ValueError
        return text

    return read, "an address of this machine, or a name for one"


def address_list() -> tuple[Read, str]:
    """IP addresses and networks."""

    def read(text: str) -> str:
        for part in text.split(","):
            ip_network(part.strip())
        return text

    return read, "IP addresses and networks, separated by commas"


def web_address() -> tuple[Read, str]:
    """An http or https URL."""

    def read(text: str) -> str:
        parts = urlsplit(text)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError
        return text

    return read, "an http or https URL"


def database_address() -> tuple[Read, str]:
    """A URL that storage may understand; storage says more when it opens it."""

    def read(text: str) -> str:
        if not text.startswith(("sqlite://", "postgres://", "postgresql://")):
            raise ValueError
        return text

    return read, "sqlite://path/to/file or postgres://user:password@host:port/name"


def time_zone() -> tuple[Read, str]:
    """The name of an IANA time zone."""

    def read(text: str) -> str:
        if text not in zoneinfo.available_timezones():
            raise ValueError
        return text

    return read, "an IANA time zone such as Asia/Shanghai"


def path() -> tuple[Read, str]:
    """Where a file lies."""
    return str, "a path"


def setting(default: Any, kind: tuple[Read, str], about: str, *, shown: str | None = None) -> Any:
    """A field of Settings. `shown` is how the default reads in the table, where that is not the value itself."""
    secret = shown == "-"
    return field(default=default, repr=not secret, metadata={"kind": kind, "about": about, "shown": shown})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that can be set. The variable of `sms_webhook_url` is XUEXI_SMS_WEBHOOK_URL, and so on."""

    environment: Literal["development", "production"] = setting(
        "development",
        one_of("development", "production"),
        "production refuses what is only fit for trying things out",
    )
    database_url: str = field(
        default="sqlite://var/xuexi.db",
        repr=False,  # it may hold a password
        metadata={"kind": database_address(), "about": "where the data lives", "shown": None},
    )
    host: str = setting("127.0.0.1", address(), "the address to listen on; 0.0.0.0 is every IPv4 address")
    port: int = setting(8000, whole_number(1, 65535), "the port to listen on")
    workers: int = setting(
        1, whole_number(1, 64), "how many processes answer on that port; `serve --workers` goes before it"
    )
    secret: str | None = setting(
        None,
        text_of(SHORTEST_SECRET),
        "the master secret, from which all keys are derived",
        shown="-",
    )
    secret_file: str = setting(
        "var/secret", path(), "the file that holds the master secret; development makes one where there is none"
    )
    phone_key_file: str = setting(
        "var/phone-key", path(), "the file in which `python -m api change-phone-key` keeps the key of phone numbers"
    )
    sms: Literal["console", "webhook"] = setting(
        "console",
        one_of("console", "webhook"),
        "how sign-in codes are sent; console prints them (development only)",
    )
    sms_file: str = setting(
        "var/sms.log", path(), "console only: codes are also written here, where `python -m api demo` reads them"
    )
    sms_webhook_url: str | None = setting(
        None, web_address(), "webhook only: where text messages are posted to", shown="-"
    )
    sms_webhook_secret: str | None = setting(
        None, text_of(SHORTEST_SECRET), "webhook only: the key that signs what is posted (HMAC-SHA256)", shown="-"
    )
    oidc_issuer: str | None = setting(
        None, web_address(), "the OpenID provider with whose tokens staff may come, as it names itself (iss)", shown="-"
    )
    oidc_audience: str | None = setting(None, text_of(1), "what that provider's tokens call us (aud)", shown="-")
    oidc_jwks_url: str | None = setting(
        None, web_address(), "where that provider publishes its keys; https in production", shown="-"
    )
    graphiql: Literal["auto", "on", "off"] = setting(
        "auto",
        one_of("auto", "on", "off"),
        "the page to try queries on, at /graphql in a browser; auto is on in development",
    )
    introspection: Literal["auto", "on", "off"] = setting(
        "auto",
        one_of("auto", "on", "off"),
        "whether the schema may be asked about itself; auto is on in development, and where there is the page",
    )
    cors_origins: str = setting(
        "auto",
        origins(),
        "whose web pages may use the API from a browser; auto is this machine's in development, nobody's in production",
    )
    demo_data: Literal["auto", "off"] = setting(
        "auto",
        one_of("auto", "off"),
        "auto fills an empty database when the server starts in development",
    )
    seal_minutes: int = setting(
        60,
        whole_number(0, 7 * 24 * 60),
        "how often the server seals what was posted; 0 leaves it to `python -m api seal`",
    )
    zone: str = setting("Asia/Shanghai", time_zone(), "the time zone of the programmes that a fresh database gets")
    body_limit: int = setting(1024 * KIB, whole_number(16 * KIB, 16 * KIB * KIB), "the most bytes of a request's body")
    token_limit: int = setting(LIMITS.tokens, whole_number(100, 20_000), "the most words and signs of a query's text")
    depth_limit: int = setting(LIMITS.depth, whole_number(15, 100), "the most fields of a query in one another")
    alias_limit: int = setting(LIMITS.aliases, whole_number(1, 5_000), "the most aliases of a query")
    directive_limit: int = setting(LIMITS.directives, whole_number(1, 5_000), "the most directives of a query")
    repeat_limit: int = setting(
        LIMITS.repeats,
        whole_number(1, 1_000),
        "the most fields of a query that answer under a name a field beside them has",
    )
    selection_limit: int = setting(
        LIMITS.selections,
        whole_number(100, 20_000),
        "the most fields of a query, each fragment counted wherever it is spread",
    )
    cost_limit: int = setting(
        LIMITS.cost, whole_number(1_000, 10_000_000), "the most that a query may cost (docs/limits.md)"
    )
    sign_in_codes_per_hour: int = setting(
        ALLOWANCES.sign_in_codes.most,
        whole_number(1, 1_000_000),
        "how many sign-in codes may be asked for from one address; many may share one",
    )
    sign_ins_per_hour: int = setting(
        ALLOWANCES.sign_ins.most,
        whole_number(1, 1_000_000),
        "how many sign-ins and refreshes may be tried from one address",
    )
    member_codes_per_minute: int = setting(
        ALLOWANCES.member_codes.most, whole_number(1_000, 1_000_000), "how many member codes one person may hand in"
    )
    scans_per_minute: int = setting(
        ALLOWANCES.scans.most, whole_number(500, 1_000_000), "how many tickets one person may scan"
    )
    trusted_proxies: str = setting(
        "127.0.0.1", address_list(), "whose word is taken for the address that a request comes from (X-Forwarded-For)"
    )
    trusted_documents: str | None = setting(
        None, path(), "a manifest of documents (docs/persisted.md): the server runs these and no others", shown="-"
    )
    public_cache_seconds: int = setting(
        30,
        whole_number(0, 3600),
        "how long caches may keep what everybody may read, where a GET names its document by its hash; 0 is not at all",
    )
    deadline_seconds: int = setting(20, whole_number(1, 300), "how long a query or mutation, or its body, may take")
    stop_seconds: int = setting(10, whole_number(1, 300), "how long a stop waits for requests that are running")
    log_level: Literal["debug", "info", "warning", "error"] = setting(
        "info", one_of("debug", "info", "warning", "error"), "the least serious messages that are logged"
    )

    @property
    def development(self) -> bool:
        return self.environment == "development"

    @property
    def url(self) -> str:
        """Where the program is reached from this machine."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 - compared, not listened on
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def shows_graphiql(self) -> bool:
        return self.graphiql == "on" or (self.graphiql == "auto" and self.development)

    @property
    def shows_schema(self) -> bool:
        return self.introspection == "on" or (
            self.introspection == "auto" and (self.development or self.shows_graphiql)
        )


def limits_of(settings: Settings) -> Limits:
    """What an operation may be at most."""
    return Limits(
        tokens=settings.token_limit,
        depth=settings.depth_limit,
        aliases=settings.alias_limit,
        directives=settings.directive_limit,
        repeats=settings.repeat_limit,
        selections=settings.selection_limit,
        cost=settings.cost_limit,
        deadline=settings.deadline_seconds,
    )


def allowances_of(settings: Settings) -> Allowances:
    """How often one person, or one address, may do what invites guessing."""
    return Allowances(
        sign_in_codes=Allowance(settings.sign_in_codes_per_hour, HOUR),
        sign_ins=Allowance(settings.sign_ins_per_hour, HOUR),
        member_codes=Allowance(settings.member_codes_per_minute, MINUTE),
        scans=Allowance(settings.scans_per_minute, MINUTE),
    )


def variable_of(name: str) -> str:
    """The environment variable of a field of Settings."""
    return PREFIX + name.upper()


def read_settings(environ: Mapping[str, str]) -> Settings:
    """The settings of an environment. Raises BadSettings, which names every problem."""
    problems = unknown_variables(environ)
    values: dict[str, Any] = {}
    for each in fields(Settings):
        text = environ.get(variable_of(each.name))
        if text is None:
            continue
        read, allowed = each.metadata["kind"]
        try:
            values[each.name] = read(text.strip()) if text.strip() else read_nothing()
        except ValueError:
            problems.append(f"{variable_of(each.name)}{quoted(each.name, text)} is not allowed; allowed is: {allowed}")
    settings = Settings(**values)
    problems += problems_together(settings, frozenset(values))
    if problems:
        raise BadSettings(problems)
    return settings


def read_nothing() -> Any:
    raise ValueError("an empty value is a mistake: leave the variable out to get its default")


def quoted(name: str, text: str) -> str:
    """The bad value for the message, but never a secret or a password."""
    return "" if "secret" in name or name == "database_url" else f"={text!r}"


def unknown_variables(environ: Mapping[str, str]) -> list[str]:
    known = [variable_of(each.name) for each in fields(Settings)]
    problems = []
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else "`python -m api serve --help` lists what there is"
            problems.append(f"{name} is not a setting; {hint}")
    return problems


def problems_together(settings: Settings, given: frozenset[str]) -> list[str]:
    """What is wrong about settings that are each allowed by themselves."""
    problems = []
    if not settings.development:
        if not given & {"secret", "secret_file"}:
            problems.append("XUEXI_SECRET or XUEXI_SECRET_FILE is needed in production; allowed is: at least 32 bytes")
        if settings.sms == "console":
            problems.append(
                "XUEXI_SMS=console is refused in production, where codes must not be logged; allowed is: webhook"
            )
    if settings.graphiql == "on" and settings.introspection == "off":
        problems.append("XUEXI_GRAPHIQL=on needs the schema; allowed with it is: XUEXI_INTROSPECTION=auto or on")
    problems += problems_of_provider(settings)
    if settings.sms == "webhook":
        missing = [name for name in ("sms_webhook_url", "sms_webhook_secret") if getattr(settings, name) is None]
        problems += [f"{variable_of(name)} is needed with XUEXI_SMS=webhook" for name in missing]
    return problems


def problems_of_provider(settings: Settings) -> list[str]:
    """An identity provider is named whole or not at all; its keys come over a line that nobody else writes to."""
    names = ("oidc_issuer", "oidc_audience", "oidc_jwks_url")
    missing = [name for name in names if getattr(settings, name) is None]
    problems = [f"{variable_of(name)} is needed with the other XUEXI_OIDC_... settings" for name in missing]
    url = settings.oidc_jwks_url
    if url is not None and not settings.development and urlsplit(url).scheme != "https":
        problems.append("XUEXI_OIDC_JWKS_URL has to be an https URL in production")
    return problems if len(missing) < len(names) else []


def table_of_settings() -> list[tuple[str, str, str, str]]:
    """Each setting as (variable, default, what is allowed, what it is for)."""
    rows = []
    for each in fields(Settings):
        shown = each.metadata["shown"] or str(each.default)
        rows.append((variable_of(each.name), shown, each.metadata["kind"][1], each.metadata["about"]))
    return rows


def settings_as_text() -> str:
    """The table for a terminal."""
    lines = []
    for name, default, allowed, about in table_of_settings():
        lines += [f"  {name} (default: {default})", f"      {about}; {allowed}"]
    return "\n".join(lines)


def settings_as_markdown() -> str:
    """The table of docs/settings.md."""
    lines = ["| variable | default | allowed | what it is for |", "|---|---|---|---|"]
    lines += [
        f"| `{name}` | `{default}` | {allowed} | {about} |" for name, default, allowed, about in table_of_settings()
    ]
    return "\n".join(lines)
