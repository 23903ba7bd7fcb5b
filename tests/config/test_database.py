"""Where the data is kept."""

import pytest

from fanxing.config.database import postgresql


def test_a_url_and_a_list_of_names_and_values_say_the_same():
    url = postgresql("postgresql://user:p%20w@db:5433/fanxing?sslmode=require")
    assert url == postgresql("host=db port=5433 user=user password='p w' dbname=fanxing sslmode=require")
    assert {name: url[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")} == {
        "NAME": "fanxing",
        "USER": "user",
        "PASSWORD": "p w",
        "HOST": "db",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }


@pytest.mark.parametrize("wrong", ["mysql://db/fanxing", "fanxing", "host=db", "colour=red dbname=x"])
def test_anything_else_is_refused(wrong: str):
    with pytest.raises(ValueError, match=r"."):
        postgresql(wrong)
