"""Reminders: what a message says, when it is sent, and that nobody gets two on a day. They go to servers that run in the test."""

import base64
import hashlib
import hmac
import json
import re
import socketserver
import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from fanxing.audit.actors import SYSTEM
from fanxing.audit.models import Event
from fanxing.inbox.actions import NewItem, open_items
from fanxing.inbox.channels import SecretFaulty, TargetFaulty, masked, secret_of, send, signed_in_address, signed_in_body, target_of
from fanxing.inbox.models import Reminder, ReminderChoice
from fanxing.inbox.reminding import ChoiceFaulty, TooSoon, choose_reminders, deliver, forget, prepare, send_trial
from fanxing.lib.refusals import NotAllowed
from tests.cast import NOW, TODAY, Cast
from tests.race import race

KEY = "0a1b2c3d-4e5f-6789"
TOKEN, SECRET = "0a1b2c3d4e5f6789", "SEC0a1b2c3d4e5f60718293a4b5c6d7e8f90"
MINUTES = timedelta(minutes=1)
# 19 June 2026 is a holiday, Dragon Boat; noon in Shanghai.
HOLIDAY = datetime(2026, 6, 19, 4, tzinfo=UTC)


class Robot:
    """A robot of a group that takes what is posted to it, or refuses it."""

    def __init__(self) -> None:
        self.taken: list[dict[str, str]] = []
        self.status = 200
        robot = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if robot.status == 200:
                    robot.taken.append({"path": self.path, "title": body["title"], "text": body["message"]})
                self.send_response(robot.status)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def robot(settings) -> Iterator[Robot]:
    one = Robot()
    port = one.server.server_address[1]
    settings.REMINDER_CHANNELS = {"wecom": f"json://127.0.0.1:{port}/{{target}}"}
    settings.ADDRESS = "https://stars.example.cn"
    yield one
    one.server.shutdown()
    one.server.server_close()


def choose(cast: Cast, **changes: object) -> ReminderChoice:
    said = {"channel": "wecom", "target": KEY, "hour": 8, "quiet_from": 21, "quiet_to": 7} | changes
    return choose_reminders(user=cast.secretary, **said, by=cast.secretary, at=NOW)  # type: ignore[arg-type]


def wait(cast: Cast, title: str, day: date, source: str = "matter", **more: object) -> None:
    new = NewItem(title, day, **more)  # type: ignore[arg-type]
    open_items(unit=cast.village, items=[new], source=source, by=SYSTEM, at=NOW - timedelta(days=60))


def remind(at: datetime = NOW) -> tuple[int, int]:
    return prepare(at=at), deliver(at=at)


def test_one_message_a_day_names_counts_and_titles_and_leads_to_the_inbox(cast: Cast, robot: Robot):
    choose(cast)
    wait(cast, "迟了", TODAY - timedelta(days=2))
    wait(cast, "找张三谈话", TODAY, source="typed")
    wait(cast, "修路", TODAY + timedelta(days=6), urgent=True)
    wait(cast, "不急", TODAY + timedelta(days=7))
    assert [remind(), remind(), remind(NOW + timedelta(hours=5))] == [(1, 1), (0, 0), (0, 0)]
    text = (
        "已超期 1 件，今天到期 1 件，7 天内到期 1 件，紧急 1 件。\n"
        "· 柳河村：修路（6月21日止）\n"
        "· 柳河村：迟了（6月13日止）\n"
        "另有 1 件。\n"
        "https://stars.example.cn/inbox/"
    )
    assert robot.taken == [{"path": f"/{KEY}", "title": "待办提醒：3 件", "text": text}]
    assert remind(NOW + timedelta(days=1)) == (1, 1)


def test_who_chose_nothing_or_has_nothing_to_do_gets_nothing(cast: Cast, robot: Robot):
    wait(cast, "修路", TODAY)
    assert remind() == (0, 0)
    choose_reminders(user=cast.colleague, channel="wecom", target=KEY, hour=8, quiet_from=21, quiet_to=7, by=cast.colleague, at=NOW)
    choose(cast, channel="", target="")
    assert (remind(), robot.taken) == ((0, 0), [])


def test_the_message_comes_at_the_hour_chosen(cast: Cast, robot: Robot):
    choose(cast, hour=14)
    wait(cast, "修路", TODAY)
    assert [remind(NOW + timedelta(hours=hours)) for hours in (0, 1, 2, 3)] == [(0, 0), (0, 0), (1, 1), (0, 0)]


@pytest.mark.parametrize(("urgent", "found"), [(False, (0, 0)), (True, (1, 1))])
def test_on_a_holiday_only_what_is_urgent_is_told(cast: Cast, robot: Robot, urgent: bool, found: tuple[int, int]):
    choose(cast)
    wait(cast, "修路", HOLIDAY.date(), urgent=urgent)
    wait(cast, "别的", HOLIDAY.date())
    assert remind(HOLIDAY) == found
    assert [one["title"] for one in robot.taken] == ["待办提醒：1 件"] * found[0]


def test_what_is_not_taken_is_tried_again_later_each_time_but_not_in_quiet_hours(cast: Cast, robot: Robot):
    choose(cast)
    wait(cast, "修路", TODAY)
    robot.status = 503
    assert remind() == (1, 0)
    assert deliver(at=NOW + 4 * MINUTES) == 0
    robot.status = 200
    assert (deliver(at=NOW + timedelta(hours=9)), robot.taken) == (0, [])  # 21:00
    assert (deliver(at=NOW + 5 * MINUTES), len(robot.taken), deliver(at=NOW + 6 * MINUTES)) == (1, 1, 0)
    assert Reminder.objects.values_list("state", "tries").get() == ("sent", 2)


def test_what_is_never_taken_is_left_after_some_tries_and_on_the_next_day(cast: Cast, robot: Robot):
    choose(cast)
    wait(cast, "修路", TODAY)
    robot.status = 503
    prepare(at=NOW)
    for minutes in (0, 5, 15, 35, 75, 155):
        deliver(at=NOW + minutes * MINUTES)
    assert Reminder.objects.values_list("state", "tries").get() == ("left", 5)
    Reminder.objects.update(state="waiting")
    robot.status = 200
    assert (deliver(at=NOW + timedelta(days=1)), Reminder.objects.get().state, robot.taken) == (0, "left", [])


def test_a_message_whose_sending_was_cut_off_is_not_sent_twice(cast: Cast, robot: Robot):
    choose(cast)
    wait(cast, "修路", TODAY)
    prepare(at=NOW)
    Reminder.objects.update(state="sending", tries=1)
    assert (deliver(at=NOW + timedelta(hours=1)), robot.taken) == (0, [])


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_sends(transactional_db: None, cast: Cast, robot: Robot):
    choose(cast)
    wait(cast, "修路", TODAY)
    race(lambda: remind(), lambda: remind())
    deliver(at=NOW)
    assert (len(robot.taken), Reminder.objects.count()) == (1, 1)


def test_what_was_sent_is_forgotten_after_a_month(cast: Cast, robot: Robot):
    choose(cast)
    wait(cast, "修路", TODAY)
    remind()
    assert [forget(at=NOW + timedelta(days=days)) for days in (30, 31)] == [0, 1]


# What is urgent


def test_what_becomes_urgent_after_the_message_of_the_day_is_told_soon_and_once(cast: Cast, robot: Robot):
    choose(cast)
    wait(cast, "修路", TODAY)
    assert remind() == (1, 1)
    wait(cast, "塌方", TODAY + timedelta(days=20), urgent=True)
    wait(cast, "不急", TODAY)
    assert [remind(NOW + minutes * MINUTES) for minutes in (59, 60, 65, 180)] == [(0, 0), (1, 1), (0, 0), (0, 0)]
    text = "紧急 1 件。\n· 柳河村：塌方（7月5日止）\nhttps://stars.example.cn/inbox/"
    assert robot.taken[1:] == [{"path": f"/{KEY}", "title": "紧急待办：1 件", "text": text}]
    assert remind(NOW + timedelta(days=1)) == (1, 1)
    assert [one["title"] for one in robot.taken] == ["待办提醒：1 件", "紧急待办：1 件", "待办提醒：3 件"]


def test_of_what_is_urgent_there_is_one_message_an_hour(cast: Cast, robot: Robot):
    choose(cast)
    assert remind() == (0, 0)
    told = []
    for minutes in range(0, 120, 20):
        wait(cast, f"第 {minutes} 分", TODAY, urgent=True)
        told.append(remind(NOW + minutes * MINUTES)[1])
    assert told == [1, 0, 0, 1, 0, 0]
    assert [one["title"] for one in robot.taken] == ["紧急待办：1 件", "紧急待办：3 件"]


def test_what_becomes_urgent_in_quiet_hours_waits_for_their_end_or_for_the_message_of_the_day(cast: Cast, robot: Robot):
    choose(cast, hour=9)
    remind(NOW)
    wait(cast, "塌方", TODAY + timedelta(days=9), urgent=True)
    night = datetime(2026, 6, 15, 13, 30, tzinfo=UTC)  # 21:30
    hours = [night + timedelta(hours=more) for more in (0, 3, 9, 10, 11, 12)]
    # 7:30 is after the quiet hours; at 8:30 the message of the day would have come soon enough.
    assert [remind(at)[1] for at in hours] == [0, 0, 0, 1, 0, 1]
    assert [one["title"] for one in robot.taken] == ["紧急待办：1 件", "待办提醒：1 件"]


def test_where_the_message_of_the_day_is_near_what_is_urgent_comes_with_it(cast: Cast, robot: Robot):
    choose(cast, hour=13)
    wait(cast, "塌方", TODAY + timedelta(days=9), urgent=True)
    assert [remind(NOW + minutes * MINUTES)[1] for minutes in (0, 59, 60, 65)] == [0, 0, 1, 0]
    assert [one["title"] for one in robot.taken] == ["待办提醒：1 件"]


def test_on_a_day_off_too_what_becomes_urgent_is_told_and_only_to_whom_it_concerns(cast: Cast, robot: Robot):
    choose(cast)
    choose_reminders(user=cast.colleague, channel="wecom", target=KEY, hour=8, quiet_from=21, quiet_to=7, by=cast.colleague, at=NOW)
    assert remind(HOLIDAY) == (0, 0)
    wait(cast, "塌方", HOLIDAY.date(), urgent=True)
    assert remind(HOLIDAY + MINUTES) == (1, 1)
    assert Reminder.objects.get().user == cast.secretary


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_tells_what_is_urgent(transactional_db: None, cast: Cast, robot: Robot):
    choose(cast)
    remind()
    wait(cast, "塌方", TODAY, urgent=True)
    race(lambda: remind(), lambda: remind())
    deliver(at=NOW)
    assert (len(robot.taken), Reminder.objects.count()) == (1, 1)


def test_who_has_chosen_costs_no_queries_where_nothing_is_urgent(cast: Cast, robot: Robot, django_assert_num_queries):
    choose(cast)
    wait(cast, "修路", TODAY)
    remind()
    with django_assert_num_queries(5):
        remind(NOW + MINUTES)


# To robots, as their makers say they are spoken to

SAID = "待办提醒：3 件\n已超期 1 件。"
MAKERS = {
    # https://developer.work.weixin.qq.com/document/path/91770
    "wecom": (
        "/cgi-bin/webhook/send?key={target}",
        {"msgtype": "text", "text": {"content": SAID}},
        {"errcode": 0, "errmsg": "ok"},
        {"errcode": 93000, "errmsg": "invalid webhook url"},
    ),
    # https://open.dingtalk.com/document/robots/custom-robot-access
    "dingtalk": (
        "/robot/send?access_token={target}",
        {"msgtype": "text", "text": {"content": SAID}},
        {"errcode": 0, "errmsg": "ok"},
        {"errcode": 310000, "errmsg": "keywords not in content"},
    ),
    # https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
    "feishu": (
        "/open-apis/bot/v2/hook/{target}",
        {"msg_type": "text", "content": {"text": SAID}},
        {"code": 0, "msg": "success", "data": {}},
        {"code": 19024, "msg": "Key Words Not Found"},
    ),
}


class Maker(ThreadingHTTPServer):
    """The server of the maker of a robot: keeps what is posted to it, and answers what it is told to answer."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, object]] = []
        self.answer: tuple[int, bytes] = (200, b"")
        super().__init__(("127.0.0.1", 0), Asked)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Asked(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, self.headers["Content-Type"], body))  # type: ignore[attr-defined]
        status, answer = self.server.answer  # type: ignore[attr-defined]
        self.send_response(status)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def maker() -> Iterator[Maker]:
    with Maker() as one:
        yield one
        one.shutdown()


@pytest.mark.parametrize("channel", MAKERS)
def test_a_robot_is_spoken_to_as_its_maker_says(settings, maker: Maker, channel: str):
    path, body, taken, refused = MAKERS[channel]
    # The address that ships, with another host: nothing else of it is changed.
    shipped = settings.REMINDER_CHANNELS[channel]
    scheme, _, host = shipped.split("/")[:3]
    assert (scheme, shipped.endswith(path)) == ("https:", True)
    here = shipped.replace(f"https://{host}", f"http://127.0.0.1:{maker.server_address[1]}")
    settings.REMINDER_CHANNELS = {channel: here}
    answers = [(200, json.dumps(taken)), (200, json.dumps(refused)), (500, json.dumps(taken)), (200, "<html>"), (200, "[]"), (200, "{}")]
    found = []
    for status, answer in answers:
        maker.answer = (status, answer.encode())
        found.append(send(channel, KEY, *SAID.split("\n")))
    assert found == [True, False, False, False, False, False]
    assert maker.asked == [(path.replace("{target}", KEY), "application/json; charset=utf-8", body)] * len(answers)


# Robots that take only what is signed with the secret of their group


def signed_for_dingtalk(path: str, body: dict[str, str]) -> bool:
    """https://open.dingtalk.com/document/robots/customize-robot-security-settings"""
    asked = parse_qs(urlsplit(path).query, strict_parsing=True)
    timestamp, sign = asked["timestamp"][0], asked["sign"][0]
    hmac_code = hmac.new(SECRET.encode("utf-8"), f"{timestamp}\n{SECRET}".encode(), digestmod=hashlib.sha256).digest()
    in_time = abs(int(timestamp) - time.time() * 1_000) < 3_600_000
    return (
        in_time
        and sign == base64.b64encode(hmac_code).decode()
        and asked["access_token"] == [TOKEN]
        and not {*body} & {"timestamp", "sign"}
    )


def signed_for_feishu(path: str, body: dict[str, str]) -> bool:
    """https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot"""
    string_to_sign = f"{body['timestamp']}\n{SECRET}"
    hmac_code = hmac.new(string_to_sign.encode("utf-8"), digestmod=hashlib.sha256).digest()
    in_time = abs(int(body["timestamp"]) - time.time()) < 3_600
    return in_time and body["sign"] == base64.b64encode(hmac_code).decode("utf-8") and path == f"/open-apis/bot/v2/hook/{TOKEN}"


SIGNED = {
    "dingtalk": (signed_for_dingtalk, {"errcode": 310000, "errmsg": "sign not match"}),
    "feishu": (signed_for_feishu, {"code": 19021, "msg": "sign match fail or timestamp is not within one hour from current time"}),
}


class Guarded(ThreadingHTTPServer):
    """The server of a maker whose robot takes only what is signed."""

    def __init__(self, channel: str) -> None:
        self.signed, self.refused = SIGNED[channel]
        self.said = MAKERS[channel][2]
        super().__init__(("127.0.0.1", 0), Checked)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Checked(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        server: Guarded = self.server  # type: ignore[assignment]
        try:
            taken = server.signed(self.path, body)
        except KeyError:
            taken = False
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(server.said if taken else server.refused).encode())

    def log_message(self, *args: object) -> None:
        pass


@pytest.mark.parametrize("channel", SIGNED)
def test_a_robot_that_takes_only_what_is_signed_takes_it_signed_with_its_secret(settings, cast: Cast, channel: str):
    with Guarded(channel) as maker:
        shipped = settings.REMINDER_CHANNELS[channel]
        settings.REMINDER_CHANNELS = {channel: re.sub("https://[^/]*", f"http://127.0.0.1:{maker.server_address[1]}", shipped)}
        words = SAID.split("\n")
        assert [send(channel, TOKEN, *words, secret) for secret in ("", "SEC-another-one", SECRET)] == [False, False, True]
        choice = choose(cast, channel=channel, target=TOKEN, secret=SECRET)
        assert send_trial(choice=choice, by=cast.secretary, at=NOW)
        wait(cast, "修路", TODAY)
        assert remind() == (1, 1)
        maker.shutdown()


def test_signatures_are_those_that_another_program_makes():
    # printf '1700000000000\nSEC0a1b2c' | openssl dgst -sha256 -hmac SEC0a1b2c -binary | base64
    address, body = signed_in_address("https://robot/?access_token=key", {}, "SEC0a1b2c", 1_700_000_000.0)
    sign = "53uAQA1LMRsH9EXDFy6JLAFFfGBTLKyxMzDyzPyUSa8%3D"
    assert (address, body) == (f"https://robot/?access_token=key&timestamp=1700000000000&sign={sign}", {})
    # printf '' | openssl dgst -sha256 -mac HMAC -macopt hexkey:(1700000000\nabcDEF0123 in hexadecimals) -binary | base64
    address, body = signed_in_body("https://robot/key", {"msg_type": "text"}, "abcDEF0123", 1_700_000_000.9)
    sign = "ESGVE0/m2I5W11Ha/FGT1upgInNVZlWKhm3SQctKNVY="
    assert (address, body) == ("https://robot/key", {"timestamp": "1700000000", "sign": sign, "msg_type": "text"})


def test_a_secret_belongs_to_its_address_and_the_log_never_tells_it(cast: Cast):
    def kept(**changes: object) -> tuple[str, str, str]:
        choice = choose(cast, **changes)
        return choice.channel, choice.target, choice.secret

    there = {"channel": "dingtalk", "target": "abcdef0123"}
    assert kept(**there, secret=f" {SECRET} ") == ("dingtalk", "abcdef0123", SECRET)
    assert kept(channel="dingtalk", target="", hour=9)[2] == SECRET
    assert kept(channel="dingtalk", target="", secret="SEC-of-today") == ("dingtalk", "abcdef0123", "SEC-of-today")
    assert kept(**there)[2] == ""
    assert kept(**there, secret=SECRET)[2] == SECRET
    assert kept(channel="wecom")[2] == ""
    assert kept(channel="feishu", secret=SECRET)[2] == SECRET
    assert kept(channel="", target="") == ("", "", "")
    told = json.dumps([[event.summary, event.details] for event in Event.objects.all()])
    assert ("dingtalk" in told, SECRET in told) == (True, False)


@pytest.mark.parametrize(("channel", "typed"), [("wecom", SECRET), ("", SECRET), ("dingtalk", "SEC 0a1b"), ("feishu", "http://x/?a=b")])
def test_what_cannot_be_a_secret_is_refused(channel: str, typed: str):
    assert secret_of(channel, " ") == ""
    with pytest.raises(SecretFaulty):
        secret_of(channel, typed)


def test_a_long_message_is_cut_to_what_a_robot_takes(settings, maker: Maker):
    settings.REMINDER_CHANNELS = {"wecom": f"http://127.0.0.1:{maker.server_address[1]}/?key={{target}}"}
    maker.answer = (200, b'{"errcode": 0}')
    assert send("wecom", KEY, "题", "字" * 2_000)
    content = maker.asked[0][2]["text"]["content"]  # type: ignore[index]
    assert (len(content.encode()) <= 2_048, content[:3], content[-1]) == (True, "题\n字", "字")


def test_the_longest_message_of_what_waits_is_not_cut(cast: Cast, robot: Robot):
    choose(cast)
    for number in range(9):
        wait(cast, f"{number}" + "长" * 99, TODAY)
    remind()
    assert len(robot.taken[0]["text"].encode()) < 1_500


# By mail


class Mailbox(socketserver.ThreadingTCPServer):
    """A mail server that takes what comes."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        self.taken: list[str] = []
        super().__init__(("127.0.0.1", 0), Post)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Post(socketserver.StreamRequestHandler):
    """Just enough of SMTP."""

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            word = line.split()[0].upper().decode() if line.strip() else ""
            if word == "DATA":
                self.wfile.write(b"354 go on\r\n")
                letter = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    letter += part
                self.server.taken.append(letter.decode())  # type: ignore[attr-defined]
            self.wfile.write(b"221 bye\r\n" if word == "QUIT" else b"250 ok\r\n")
            if word == "QUIT":
                return


def test_a_mail_reaches_its_address(settings):
    with Mailbox() as mailbox:
        port = mailbox.server_address[1]
        settings.REMINDER_CHANNELS = {"mail": f"mailto://127.0.0.1:{port}/?from=stars@example.cn&mode=insecure&to={{target}}"}
        assert send("mail", "lin@example.cn", "待办提醒：3 件", "已超期 1 件。")
        mailbox.shutdown()
    assert [("lin@example.cn" in letter, "stars@example.cn" in letter) for letter in mailbox.taken] == [(True, True)]


def test_what_answers_nothing_was_not_taken(settings):
    settings.REMINDER_CHANNELS = {"wecom": "json://127.0.0.1:9/{target}"}
    assert (send("wecom", KEY, "题", "文"), send("feishu", KEY, "题", "文")) == (False, False)


# Choosing


@pytest.mark.parametrize(
    ("channel", "typed", "target"),
    [
        ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0a1b2c3d-4e5f", "0a1b2c3d-4e5f"),
        ("wecom", " 0a1b2c3d-4e5f ", "0a1b2c3d-4e5f"),
        ("dingtalk", "https://oapi.dingtalk.com/robot/send?access_token=abcdef0123", "abcdef0123"),
        ("feishu", "https://open.feishu.cn/open-apis/bot/v2/hook/abc-def-0123", "abc-def-0123"),
    ],
)
def test_the_address_of_a_robot_may_be_pasted_whole(channel: str, typed: str, target: str):
    assert target_of(channel, typed) == target


@pytest.mark.parametrize(
    ("channel", "typed"),
    [
        ("wecom", "https://127.0.0.1/send?key=0a1b2c3d-4e5f"),
        ("wecom", ""),
        ("mail", "lin"),
        ("sms", "13800000000"),
        ("feishu", "abc/../../x"),
        ("dingtalk", "https://oapi.dingtalk.com.example.com/robot/send?access_token=abcdef0123"),
    ],
)
def test_nothing_else_is_called(settings, channel: str, typed: str):
    settings.REMINDER_CHANNELS = {**settings.REMINDER_CHANNELS, "mail": "mailto://127.0.0.1?to={target}"}
    with pytest.raises(TargetFaulty):
        target_of(channel, typed)


@pytest.mark.parametrize(("target", "shown"), [("lin@example.cn", "l••••@example.cn"), (KEY, "••••6789")])
def test_an_address_is_shown_masked(target: str, shown: str):
    assert masked(target) == shown


def test_a_blank_address_keeps_the_one_known_and_the_log_never_tells_it(cast: Cast, robot: Robot):
    choose(cast)
    assert choose(cast, target="", hour=9).target == KEY
    events = Event.objects.filter(action="inbox.choose_reminders")
    assert [event.summary for event in events] == ["设置提醒方式：企业微信群机器人"] * 2
    assert not any(KEY in json.dumps(event.details) for event in events)
    with pytest.raises(TargetFaulty):
        choose(cast, channel="dingtalk", target="")


def test_the_hour_must_not_be_a_quiet_one(cast: Cast, robot: Robot):
    with pytest.raises(ChoiceFaulty, match="提醒的时间不能在免打扰时段里"):
        choose(cast, hour=22)


def test_nobody_chooses_for_another(cast: Cast, robot: Robot):
    choice = choose(cast)
    with pytest.raises(NotAllowed):
        choose_reminders(user=cast.secretary, channel="", target="", hour=8, quiet_from=21, quiet_to=7, by=cast.desk, at=NOW)
    with pytest.raises(NotAllowed):
        send_trial(choice=choice, by=cast.desk, at=NOW)


def test_a_trial_is_sent_at_once_and_not_again_within_a_minute(cast: Cast, robot: Robot):
    choice = choose(cast)
    assert send_trial(choice=choice, by=cast.secretary, at=NOW)
    with pytest.raises(TooSoon):
        send_trial(choice=choice, by=cast.secretary, at=NOW + timedelta(seconds=59))
    assert [one["title"] for one in robot.taken] == ["待办提醒（试发）"]
