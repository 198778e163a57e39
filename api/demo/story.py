"""A day at the fair, from the clinic to the gate. Played against a running program, as often as one likes."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from api.demo import documents
from api.demo.activities import CLINIC, EXAMPLE
from api.demo.offers import FAIR, STRAWBERRIES
from api.demo.people import AUDITORS, GATE_STAFF, ORGANISERS, phone_of
from api.demo.telling import NotAsTold, Teller

ATTENDEES, BAD_ROW = 20, 1  # among the first, which are all that is printed of a long list
EARNED = 5  # for coming; each whole hour would be 1 more, 8 at the most
PRICE = 3
GATE = "正门 1 号"
MARK = re.compile("（示例( [0-9A-F]+)?）$")
BERRIES = MARK.sub("", STRAWBERRIES.title)
NEWCOMERS = 10_000, 89_999  # phones nobody in the demo data has


@dataclass
class Day:
    """What the steps leave for one another. `mark` tells this playing from all others."""

    teller: Teller
    clock: Callable[[], datetime]
    mark: str = field(default_factory=lambda: secrets.token_hex(3).upper())
    tokens: dict[str, str] = field(default_factory=dict)
    hosts: dict[str, str] = field(default_factory=dict)
    clinic: dict[str, Any] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    order: dict[str, Any] = field(default_factory=dict)

    def instant(self, **later: float) -> str:
        """An instant of today, so much later than now, as GraphQL wants it."""
        return (self.clock() + timedelta(**later)).isoformat(timespec="seconds")

    def key(self, intent: str) -> str:
        """The idempotency key of an intent."""
        return f"demo-{self.mark}-{intent}"

    async def ask(self, who: str, document: str, /, **variables: Any) -> Any:
        return await self.teller.ask(who, document, variables, self.tokens.get(who))


async def play(teller: Teller, clock: Callable[[], datetime]) -> None:
    """Play the whole story. Raises NotAsTold at the first thing that is not as it should be."""
    day = Day(teller, clock)
    for step in (prepare, arrive, find, sign_up, log_attendance, see_points, redeem, enter, retry, spend, audit):
        await step(day)


async def prepare(day: Day) -> None:
    day.teller.step("组织者登录，发布今天的义诊和游乐汇", "an organiser signs in and opens today's clinic and fair")
    await sign_in(day, "组织者", ORGANISERS.phones)
    found = await day.ask("组织者", documents.FIND_HOSTS, search="义诊")
    nodes = found["activities"]["nodes"] + found["ticketOffers"]["nodes"]
    # By their titles without the mark of an earlier playing: those have the same hosts.
    day.hosts = {MARK.sub("", node["title"]): node["host"]["id"] for node in nodes}
    day.teller.check({CLINIC.title, FAIR.title, BERRIES} <= day.hosts.keys(), "演示数据齐全 · the demo data is there")
    await open_clinic(day)
    await open_offer(day, FAIR.title, FAIR.venue, cost=0, attractions=FAIR.attractions)
    await open_offer(day, BERRIES, STRAWBERRIES.venue, cost=PRICE, attractions=())


async def open_clinic(day: Day) -> None:
    activity = {
        "kind": CLINIC.kind.value,
        "title": f"{CLINIC.title}（示例 {day.mark}）",
        "summary": CLINIC.summary + EXAMPLE,
        "hostId": day.hosts[CLINIC.title],
        "areaCode": CLINIC.area,
        "venue": CLINIC.venue,
        "startsAt": day.instant(minutes=2),  # time to sign up in
        "endsAt": day.instant(minutes=182),
        "capacity": 60,
        "pointsRule": {"programme": "xuexi", "perAttendance": 5, "perHour": 1, "cap": 8},
        "publish": True,
    }
    payload = (await day.ask("组织者", documents.CREATE_ACTIVITY, input=activity))["createActivity"]
    day.teller.no_errors(payload)
    day.clinic = payload["activity"]


async def open_offer(day: Day, title: str, venue: str, *, cost: int, attractions: tuple[str, ...]) -> None:
    offer = {
        "title": f"{title}（示例 {day.mark}）",
        "summary": "示例：今天这一场，为演示而设。",
        "hostId": day.hosts[title],
        "venue": venue,
        "cost": cost,
        "limitPerResident": 2,
        "salesOpenAt": day.instant(hours=-1),
        "salesCloseAt": day.instant(hours=4),
        "sessions": [{"startsAt": day.instant(minutes=-30), "endsAt": day.instant(hours=5), "stock": 100}],
        "attractions": [{"name": name} for name in attractions],
        "publish": True,
    }
    payload = (await day.ask("组织者", documents.CREATE_OFFER, input=offer))["createTicketOffer"]
    day.teller.no_errors(payload)
    day.sessions[title] = payload["offer"]["sessions"][0]["id"]


async def arrive(day: Day) -> None:
    day.teller.step("一位居民用手机号和验证码登录", "a resident signs in with a phone and a code")
    least, most = NEWCOMERS
    phone = phone_of(least + secrets.randbelow(most - least))
    viewer = await sign_in(day, "居民", [phone])
    day.teller.check(
        viewer["resident"]["phone"] == phone, "本人看得到自己的完整号码 · the person sees the whole number"
    )


async def find(day: Day) -> None:
    day.teller.step(
        "居民搜索“义诊”，看看能不能报名", "searching for 义诊, and asking beforehand whether one may sign up"
    )
    found = await day.ask("居民", documents.FIND_ACTIVITY, search="义诊", **{"from": day.instant()})
    nodes = {node["id"]: node for node in found["activities"]["nodes"]}
    day.teller.check(day.clinic["id"] in nodes, "找到了今天的义诊 · today's clinic is found")
    eligibility = nodes[day.clinic["id"]]["shifts"][0]["viewerCanSignUp"]
    day.teller.check(eligibility["eligible"], "可以报名 · may sign up")


async def sign_up(day: Day) -> None:
    day.teller.step("居民报名", "the resident signs up")
    payload = (await day.ask("居民", documents.SIGN_UP, shiftId=day.clinic["shifts"][0]["id"]))["signUp"]
    day.teller.no_errors(payload)
    day.teller.check(payload["signUp"]["status"] == "CONFIRMED", "报名成功 · confirmed")


async def log_attendance(day: Day) -> None:
    day.teller.step("组织者为 20 人签到，其中一行有误", "the organiser logs 20 people, one row is bad")
    code = (await day.ask("居民", documents.MEMBER_CODE))["viewer"]["memberCode"]["token"]
    attendees = [{"memberCode": code}, *({"phone": phone_of(number)} for number in range(1, ATTENDEES))]
    # The story cannot wait for anybody to leave: a few minutes ahead is what a phone's clock may be.
    records: list[dict[str, Any]] = [
        {"attendee": each, "checkedInAt": day.instant(), "checkedOutAt": day.instant(minutes=4)} for each in attendees
    ]
    records[BAD_ROW]["checkedOutAt"] = day.instant(hours=-1)
    wish = {"shiftId": day.clinic["shifts"][0]["id"], "records": records, "idempotencyKey": day.key("attendance")}
    first = (await day.ask("组织者", documents.LOG_ATTENDANCE, input=wish))["logAttendance"]
    day.teller.no_errors(first)
    good = [result for result in first["results"] if result["attendance"]]
    day.teller.check(len(good) == ATTENDEES - 1, "19 人签到成功，一行有误不影响其他人 · 19 count though one is bad")
    error = first["results"][BAD_ROW]["error"]
    told = error and error["path"] == ["records", str(BAD_ROW), "checkedOutAt"]
    day.teller.check(told, f"有误的一行说明了原因：{error and error['message']}")
    again = (await day.ask("组织者", documents.LOG_ATTENDANCE, input=wish))["logAttendance"]
    day.teller.check(
        again == first, "网络不好重发一次，回答不变，无人重复 · sent again: the same answer, nothing doubled"
    )


async def see_points(day: Day) -> None:
    day.teller.step("积分到账，来由可查", "the points arrive, and say where they come from")
    wallet = await wallet_of(day)
    entry = wallet["entries"]["nodes"][0]
    day.teller.check(wallet["balance"] == EARNED, f"余额 {EARNED} 分 · the balance is {EARNED}")
    day.teller.check(entry["transfer"]["source"]["__typename"] == "Attendance", "来自签到 · from the attendance")


async def redeem(day: Day) -> None:
    day.teller.step("居民兑换两张少康湖新年游乐汇门票", "the resident redeems two tickets for the fair")
    session = day.sessions[FAIR.title]
    asked = await day.ask("居民", documents.CAN_REDEEM, sessionId=session, quantity=2)
    day.teller.check(asked["node"]["viewerCanRedeem"]["eligible"], "可以兑换 · may redeem")
    day.order = await redeemed(day, session, 2, "fair")
    day.teller.check(len(day.order["tickets"]) == 2, "得到两张门票 · two tickets")


async def enter(day: Day) -> None:
    day.teller.step("检票员扫码放行；同一张票第二次不放行", "the gate lets one in, and refuses the second scan")
    await sign_in(day, "检票员", GATE_STAFF.phones)
    token = day.order["tickets"][0]["token"]
    first = await scanned(day, token, "1")
    day.teller.no_errors(first)
    day.teller.check(first["ticket"]["status"] == "ADMITTED", "放行 · let in")
    again = await scanned(day, token, "1")
    day.teller.check(
        again["admission"] == first["admission"], "扫码枪重发，结果不变 · the device's retry changes nothing"
    )
    second = await scanned(day, token, "2")
    error = second["errors"][0] if second["errors"] else {}
    day.teller.check(error.get("code") == "TICKET_ALREADY_ADMITTED", "第二次被拒绝 · the second scan is refused")
    day.teller.check(
        error["admission"] == first["admission"],
        f"并说明首次入场：{error['admission']['scannedAt']} {error['admission']['gate']} · with the first one's time and gate",
    )


async def retry(day: Day) -> None:
    day.teller.step("兑换请求重发一次：还是同一张订单", "the redemption is sent again: the same order, nothing spent")
    before = await wallet_of(day)
    order = await redeemed(day, day.sessions[FAIR.title], 2, "fair")
    day.teller.check(order["id"] == day.order["id"], "同一张订单 · the same order")
    day.teller.check(await wallet_of(day) == before, "积分没有变化 · the wallet is as before")


async def spend(day: Day) -> None:
    day.teller.step("花积分兑换一张采摘券，重发也只扣一次", "points are spent on a strawberry ticket, once")
    session = day.sessions[BERRIES]
    first = await redeemed(day, session, 1, "strawberries")
    second = await redeemed(day, session, 1, "strawberries")
    day.teller.check(
        first["id"] == second["id"] and first["pointsSpent"] == PRICE, f"扣 {PRICE} 分 · {PRICE} points spent"
    )
    balance = (await wallet_of(day))["balance"]
    day.teller.check(balance == EARNED - PRICE, f"余额 {EARNED - PRICE} 分，没有多扣 · {EARNED - PRICE} are left")


async def audit(day: Day) -> None:
    day.teller.step("审计员核对总账", "the auditor checks the book")
    await sign_in(day, "审计员", AUDITORS.phones)
    for programme in ("xuexi", "volunteer"):
        book = (await day.ask("审计员", documents.TRIAL_BALANCE, programme=programme))["trialBalance"]
        balanced = book["balanced"] and book["totalDebits"] == book["totalCredits"]
        day.teller.check(balanced, f"{programme}：借贷相等 · debits equal credits")


async def wallet_of(day: Day) -> Any:
    return (await day.ask("居民", documents.WALLET))["viewer"]["wallet"]


async def redeemed(day: Day, session_id: str, quantity: int, intent: str) -> dict[str, Any]:
    wish = {"sessionId": session_id, "quantity": quantity, "idempotencyKey": day.key(intent)}
    payload = (await day.ask("居民", documents.REDEEM, input=wish))["redeemTickets"]
    day.teller.no_errors(payload)
    order: dict[str, Any] = payload["order"]
    return order


async def scanned(day: Day, token: str, number: str) -> dict[str, Any]:
    scan = {"token": token, "gate": GATE, "scanId": day.key(f"scan-{number}")}
    payload: dict[str, Any] = (await day.ask("检票员", documents.ADMIT, scan=scan))["admitTicket"]
    return payload


async def sign_in(day: Day, who: str, phones: list[str]) -> dict[str, Any]:
    """Sign in as the first of some people who may be sent a code now (each gets one a minute). Raises NotAsTold."""
    for phone in phones:
        asked = (await day.ask(who, documents.REQUEST_CODE, phone=phone))["requestSignInCode"]
        if any(error["code"] == "RATE_LIMITED" for error in asked["errors"]):
            continue
        day.teller.no_errors(asked)
        code = await day.teller.codes(phone)
        session = (await day.ask(who, documents.SIGN_IN, phone=phone, code=code))["signIn"]
        day.teller.no_errors(session)
        day.tokens[who] = session["accessToken"]
        viewer: dict[str, Any] = session["viewer"]
        return viewer
    raise NotAsTold("验证码发送过于频繁，请一分钟后再试 · too many codes were asked for; try again in a minute")
