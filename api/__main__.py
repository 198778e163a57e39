"""The command line: `python -m api serve`, and what an operator needs besides."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from datetime import date

from api import commands, identities, phone_key
from api.book_files import export_to, import_from
from api.claims_file import FileWish, import_file
from api.loading import loading_for_good
from api.port import PortTaken
from api.setting_up import AreaWish, add_area, add_organisation
from api.settings import BadSettings, Settings, read_settings, settings_as_text
from domain.people.rights import Role
from domain.places.kinds import AreaLevel, OrganisationKind
from domain.refusals import NotFound, Refusal
from schema.messages import message_of
from storage import DatabaseBusy, NotDurable, UnusableDatabase

DONE = 0
NOT_AS_IT_SHOULD_BE = 1
BAD_USAGE = 2  # argparse's own
CANNOT_START = 3
NOT_THERE = "这个数据库里没有，请核对写法 · There is none in this database; check how it is written"
EXIT_CODES = """exit codes:
  0  done
  1  done, and something is not as it should be (an unclean audit, a stale schema, a story that went wrong)
  2  the command line or the settings make no sense
  3  the database or the port cannot be used"""


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = argparse.ArgumentParser(
        prog="python -m api",
        description="A GraphQL service for volunteer activities, points and tickets.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, about: str, epilog: str = "") -> argparse.ArgumentParser:
        return commands.add_parser(
            name,
            help=about,
            description=about,
            epilog=epilog,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )

    serve = command("serve", "migrate the database and serve the API until stopped", f"settings:\n{settings_as_text()}")
    serve.add_argument(
        "--workers", metavar="N", help="how many processes answer, 1 to 64 (default: as XUEXI_WORKERS says)"
    )
    command("migrate", "bring the database to the present shape; run again, it changes nothing")
    demo = command("demo", "play a day's story against the running program, from sign-in to the gate")
    demo.add_argument("--url", help="where the program runs (default: as XUEXI_HOST and XUEXI_PORT say)")
    grant = command("grant-role", "give a resident a role over an area or an organisation")
    name_role(grant)
    name_role(command("revoke-role", "take a role back that grant-role gave; it stays on record"))
    grant.add_argument("--name", help="registers somebody who never signed in, under this name")
    area = command("add-area", "add a district, subdistrict, town, community, village or grid")
    area.add_argument("code", help="its statistical division code, or one of your own, such as 370811")
    area.add_argument("name", help="what it is called")
    area.add_argument("level", choices=[level.value for level in AreaLevel])
    area.add_argument("--in", dest="lies_in", metavar="CODE", help="the area it lies in; only a district lies in none")
    area.add_argument(
        "--managed-by", metavar="CODE", help="the area that runs it, where that is not the one it lies in"
    )
    body = command("add-organisation", "add a body that hosts activities and offers")
    body.add_argument("name", help="what it is called")
    body.add_argument("kind", choices=[kind.value for kind in OrganisationKind])
    body.add_argument("--area", required=True, metavar="CODE", help="the area it is in")
    link = command("link-identity", "say which resident comes with the identity provider's tokens for somebody")
    link.add_argument("phone", help="the resident's mobile number, with or without +86")
    link.add_argument("subject", help="how the provider names them: the claim `sub` of its tokens")
    unlink = command("unlink-identity", "say that the identity provider's tokens for somebody are nobody's any more")
    unlink.add_argument("subject", help="how the provider names them")
    command("change-phone-key", "seal all phone numbers with a new key; start the servers again afterwards")
    expire = command(
        "expire", "take points whose last day is over out of the wallets; once a day, and again it does nothing"
    )
    expire.add_argument("--programme", metavar="CODE", help="only of this programme (default: of all)")
    expire.add_argument("--until", type=day, metavar="DAY", help="only what expired by this day, such as 2024-12-31")
    statements = command("import-claims", "attest a CSV of what residents' points pages show (UTF-8 or GB18030)")
    statements.add_argument(
        "file", help="columns: 手机号/phone, 账号/account, 积分/figure, 日期/date, 照片/photo_sha256"
    )
    statements.add_argument("--host-area", required=True, metavar="CODE", help="the area the host is in")
    statements.add_argument("--host", required=True, metavar="NAME", help="the organisation for which it is attested")
    statements.add_argument("--as", dest="staff", required=True, metavar="PHONE", help="who of its staff saw the pages")
    statements.add_argument("--programme", default="xuexi", metavar="CODE", help="which points (default: xuexi)")
    statements.add_argument("--dry-run", action="store_true", help="write nothing; say what would happen")
    command("audit", "add up the whole book anew, make its seals anew, and compare")
    command("seal", "seal what was posted: from then on the audit finds whoever changes it")
    export_book = command("export-book", "write the whole book to a new folder: JSON Lines, and a CSV for each table")
    export_book.add_argument("folder", metavar="DIR", help="a folder that is not there yet, or empty")
    import_book = command("import-book", "take an exported book into an empty, migrated database; all of it or nothing")
    import_book.add_argument("folder", metavar="DIR", help="what export-book wrote")
    export = command("export-schema", "write the GraphQL schema to schema/schema.graphql")
    export.add_argument("--check", action="store_true", help="write nothing; exit with 1 where the file is stale")
    export.add_argument("--release", action="store_true", help="also write schema/released.graphql, for a release")
    return top


def day(text: str) -> date:
    """A day of the calendar. Raises ArgumentTypeError."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day such as 2024-12-31") from None


def name_role(command: argparse.ArgumentParser) -> None:
    """The options that name a role of somebody over something."""
    command.add_argument("phone", help="the resident's mobile number, with or without +86")
    command.add_argument("role", choices=[role.value for role in Role], help="what they may do")
    command.add_argument("--area", required=True, metavar="CODE", help="the area the role reaches over, such as 370811")
    command.add_argument("--organisation", metavar="NAME", help="only this organisation, which is in that very area")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    asked = parser().parse_args(arguments)
    try:
        return run(asked, read_settings(os.environ | said_instead(asked)))
    except BadSettings as error:
        complain("These settings make no sense:", *(f"  {problem}" for problem in error.problems))
        return BAD_USAGE
    except (UnusableDatabase, NotDurable, DatabaseBusy) as error:
        complain(f"The database cannot be used: {error}")
        return CANNOT_START
    except PortTaken as error:
        complain(str(error))
        return CANNOT_START
    except Refusal as error:
        where = f", {'.'.join(error.path)}" if error.path else ""
        said = NOT_THERE if isinstance(error, NotFound) else f"{message_of(error, 'zh-CN')} · {message_of(error, 'en')}"
        complain(f"{said} ({error.code}{where})")
        return NOT_AS_IT_SHOULD_BE
    except KeyboardInterrupt:
        return DONE


def said_instead(asked: argparse.Namespace) -> dict[str, str]:
    """Settings that the command line gives in place of the environment."""
    workers = getattr(asked, "workers", None)
    return {} if workers is None else {"XUEXI_WORKERS": workers}


def run(asked: argparse.Namespace, settings: Settings) -> int:
    """Run the command that was asked for; the exit code. What is slow to load is loaded by those that need it."""
    match asked.command:
        case "serve":
            with loading_for_good():
                from api.serving import serve

            serve(settings)
            return DONE
        case "demo":
            from api.demo_story import tell_story

            return asyncio.run(tell_story(asked.url or settings.url, settings))
        case "export-schema":
            with loading_for_good():
                from api.exported_schema import check_schema, export_schema, release_schema

            if asked.release:
                release_schema()
            return check_schema() if asked.check else export_schema()
        case "grant-role" | "revoke-role" | "link-identity" | "unlink-identity":
            return change_staff(asked, settings)
        case "add-area":
            place = AreaWish(asked.code, asked.name, AreaLevel(asked.level), asked.lies_in, asked.managed_by)
            return asyncio.run(add_area(settings, place))
        case "add-organisation":
            return asyncio.run(add_organisation(settings, asked.name, OrganisationKind(asked.kind), asked.area))
        case "import-claims":
            wish_of_file = FileWish(
                asked.file, asked.host_area, asked.host, asked.staff, asked.programme, dry_run=asked.dry_run
            )
            return asyncio.run(import_file(settings, wish_of_file))
        case "migrate":
            return asyncio.run(commands.migrate(settings))
        case _:
            return asyncio.run(of_the_book(asked, settings))


async def of_the_book(asked: argparse.Namespace, settings: Settings) -> int:
    """Run a command that concerns the whole book; the exit code."""
    match asked.command:
        case "expire":
            return await commands.expire(settings, asked.programme, asked.until)
        case "export-book":
            return await export_to(settings, asked.folder)
        case "import-book":
            return await import_from(settings, asked.folder)
        case "seal":
            return await commands.seal(settings)
        case "change-phone-key":
            return await phone_key.change(settings)
        case _:
            return await commands.audit(settings)


def change_staff(asked: argparse.Namespace, settings: Settings) -> int:
    """Give somebody a role, or say as whom they come, or take it back; the exit code."""
    if asked.command == "link-identity":
        return asyncio.run(identities.link(settings, asked.phone, asked.subject))
    if asked.command == "unlink-identity":
        return asyncio.run(identities.unlink(settings, asked.subject))
    held = commands.HeldRole(asked.phone, Role(asked.role), asked.area, asked.organisation)
    if asked.command == "grant-role":
        return asyncio.run(commands.grant(settings, held, asked.name))
    return asyncio.run(commands.revoke(settings, held))


def complain(*lines: str) -> None:
    print(*lines, sep="\n", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
