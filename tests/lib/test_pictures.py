"""Photos made anew, and known again."""

from io import BytesIO

import pytest
from PIL import Image
from pillow_heif import from_pillow

from fanxing.lib.pictures import PictureRefused, distance, remake
from tests.evidence.shots import jpeg, lighter, scene

GPS, MAKE, ORIENTATION = 0x8825, 0x010F, 0x0112


def test_where_and_with_what_it_was_taken_is_gone():
    taken = scene(1)
    exif = Image.Exif()
    exif[MAKE] = "Phone"
    exif.get_ifd(GPS)[1] = "N"
    made = Image.open(BytesIO(remake(jpeg(taken, exif=exif, icc_profile=b"x" * 200)).content))
    assert (dict(made.getexif()), made.info.get("icc_profile"), made.format) == ({}, None, "JPEG")


def test_it_is_turned_upright_and_made_smaller():
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    made = remake(jpeg(scene(1, (4000, 3000)), exif=exif))
    assert (made.width, made.height) == (1536, 2048)
    assert Image.open(BytesIO(made.thumbnail)).size == (240, 320)


def test_a_photo_as_other_phones_take_it_is_read():
    written = BytesIO()
    from_pillow(scene(1)).save(written, quality=80)
    assert remake(written.getvalue()).width == 1200


@pytest.mark.parametrize("file", [b"", b"%PDF-1.4", b"\xff\xd8\xff\xe0 broken", b"<svg></svg>", jpeg(scene(1))[:3000]])
def test_what_is_no_photo_is_refused(file: bytes):
    with pytest.raises(PictureRefused):
        remake(file)


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_drawn():
    written = BytesIO()
    Image.new("1", (9000, 9000)).save(written, "PNG")
    with pytest.raises(PictureRefused, match="9000×9000"):
        remake(written.getvalue())


@pytest.mark.parametrize("number", range(6))
def test_the_same_photo_is_known_again(number: int):
    first = scene(number)
    mark = remake(jpeg(first)).mark
    again = (jpeg(first, 40), jpeg(first.resize((640, 480))), jpeg(lighter(first)))
    assert [distance(mark, remake(one).mark) <= 3 for one in again] == [True, True, True]


def test_other_photos_are_told_apart():
    marks = [remake(jpeg(scene(number))).mark for number in range(30)]
    assert [pair for index, one in enumerate(marks) for pair in marks[:index] if distance(one, pair) <= 3] == []


def test_what_shows_nothing_has_no_mark():
    assert remake(jpeg(Image.new("RGB", (800, 600), "white"))).mark == ""
