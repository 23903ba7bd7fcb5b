"""Photos for the tests: shapes and colours drawn from a number."""

from io import BytesIO

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance


def scene(number: int, size: tuple[int, int] = (1200, 900)) -> Image.Image:
    """A picture with a few large shapes; the same number gives the same one."""
    chance = np.random.default_rng(number)
    picture = Image.new("RGB", size, tuple(int(one) for one in chance.integers(0, 255, 3)))
    draw = ImageDraw.Draw(picture)
    for _ in range(14):
        x, y, width, height = (int(one) for one in chance.integers(0, 800, 4))
        draw.rectangle((x, y, x + width, y + height), fill=tuple(int(one) for one in chance.integers(0, 255, 3)))
    return picture


def jpeg(picture: Image.Image, quality: int = 90, **more: object) -> bytes:
    """A picture as a phone sends it."""
    written = BytesIO()
    picture.save(written, "JPEG", quality=quality, **more)
    return written.getvalue()


def shot(number: int) -> bytes:
    """One photo; the same number gives the same bytes."""
    return jpeg(scene(number))


def lighter(picture: Image.Image) -> Image.Image:
    """The same picture, a little lighter."""
    return ImageEnhance.Brightness(picture).enhance(1.15)
