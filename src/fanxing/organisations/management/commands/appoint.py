"""Gives a person an account and a post, as for the first desk of a new installation."""

import sys
from argparse import ArgumentParser
from getpass import getpass

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from fanxing.audit.actors import SYSTEM
from fanxing.lib import clock
from fanxing.lib.refusals import Refused
from fanxing.organisations.actions.people import assign, create_person, open_account
from fanxing.organisations.models import Post, Unit


class Command(BaseCommand):
    help = "登记一人，开立账号并任命岗位；密码从终端或标准输入读取"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="用户名")
        parser.add_argument("--name", required=True, help="姓名")
        parser.add_argument("--unit", required=True, help="单位代码")
        parser.add_argument("--post", required=True, help="岗位标识")

    def handle(self, *, username: str, name: str, unit: str, post: str, **options: object) -> None:
        try:
            place, role = Unit.objects.get(code=unit), Post.objects.get(pk=post)
        except (Unit.DoesNotExist, Post.DoesNotExist) as error:
            posts = "、".join(Post.objects.order_by("id").values_list("id", flat=True)) or "无（请先发布评分细则）"
            raise CommandError(f"没有代码为“{unit}”的单位，或没有岗位“{post}”；现有岗位：{posts}") from error
        password = getpass("密码：") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        try:
            user_title = appoint(username, name, password, place, role)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{user_title}可用“{username}”登录")


@transaction.atomic
def appoint(username: str, name: str, password: str, unit: Unit, post: Post) -> str:
    """All of it or nothing; returns what the account is called on screen."""
    now = clock.now()
    title = f"{unit.name}{post.title}"
    person = create_person(name=name, unit=unit, by=SYSTEM, at=now)
    open_account(person=person, username=username, display_name=title, password=password, by=SYSTEM, at=now)
    assign(person=person, unit=unit, post=post, valid_from=timezone.localdate(now), by=SYSTEM, at=now)
    return title
