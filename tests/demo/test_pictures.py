"""Drawn photos: known again when sent a second time, and told apart otherwise."""

from itertools import combinations

import pytest

from fanxing.demo.pictures import SCENES, again, scene
from fanxing.evidence.models import ALIKE
from fanxing.lib.pictures import distance, remake

NUMBERS = range(6)


@pytest.mark.parametrize("form", sorted(SCENES))
def test_a_photo_sent_again_is_known_and_another_is_not_taken_for_it(form: str):
    for number in NUMBERS:
        photo = scene(form, number)
        assert photo == scene(form, number)
        assert distance(remake(photo).mark, remake(again(photo)).mark) <= ALIKE


def test_no_two_scenes_are_taken_for_the_same_photo():
    marks = [remake(scene(form, number)).mark for form in SCENES for number in NUMBERS]
    assert min(distance(one, other) for one, other in combinations(marks, 2)) > ALIKE


def test_a_form_without_a_scene_of_its_own_shows_a_street():
    assert remake(scene("something new", 1)).mark
