"""A form sent twice writes once."""

from datetime import timedelta

import pytest

from fanxing.audit.actions import once
from fanxing.audit.models import IdempotencyKey
from fanxing.audit.tasks import forget_old_keys
from fanxing.lib.refusals import Refused
from fanxing.organisations.models import Post
from tests.cast import NOW, Cast
from tests.race import race


def send(cast: Cast, title: str, *, key: str = "form-1", by: str = "secretary") -> str:
    def write() -> Post:
        if not title:
            raise Refused("名称不能为空")
        return Post.objects.create(id=f"post-{Post.objects.count()}", title=title, permission_set="no_access")

    return once(key=key, content={"title": title}, by=getattr(cast, by), at=NOW, write=write)


@pytest.fixture
def before(cast: Cast) -> int:
    return Post.objects.count()


def test_the_second_time_nothing_is_written_and_the_first_result_comes_back(cast: Cast, before: int):
    assert send(cast, "网格长") == send(cast, "网格长") == f"organisations.Post:post-{before}"
    assert Post.objects.count() == before + 1


def test_another_form_another_person_or_changed_content_is_written(cast: Cast, before: int):
    results = [
        send(cast, "网格长"),
        send(cast, "网格长", key="form-2"),
        send(cast, "网格长", by="colleague"),
        send(cast, "街长"),
    ]
    assert (len(set(results)), Post.objects.count()) == (4, before + 4)


def test_a_refused_form_may_be_sent_again(cast: Cast, before: int):
    for _ in range(2):
        with pytest.raises(Refused):
            send(cast, "")
    assert (IdempotencyKey.objects.count(), Post.objects.count()) == (0, before)


def test_keys_are_forgotten_after_a_week(cast: Cast, before: int):
    send(cast, "网格长")
    forget_old_keys(at=NOW + timedelta(days=6))
    assert IdempotencyKey.objects.count() == 1
    forget_old_keys(at=NOW + timedelta(days=8))
    assert IdempotencyKey.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_sendings_at_once_write_once(transactional_db: None, cast: Cast, before: int):
    results = race(lambda: send(cast, "网格长"), lambda: send(cast, "网格长"))
    assert (results, Post.objects.count()) == ([f"organisations.Post:post-{before}"] * 2, before + 1)
