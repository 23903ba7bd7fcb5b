"""Photos of the demo: drawn scenes of places, with nobody in them, that nobody could take for real ones."""

from collections.abc import Callable
from io import BytesIO
from random import Random
from typing import TypeAlias

from PIL import Image, ImageDraw, ImageEnhance

SIZE = WIDTH, HEIGHT = 960, 720
QUALITY, QUALITY_OF_A_COPY = 88, 60
SMALLER = 0.6
LIGHTS, LIGHT = (9, 8), 0.16
SKIES = ((168, 205, 235), (196, 216, 232), (233, 204, 170), (150, 190, 225))
GROUNDS = ((143, 173, 108), (172, 160, 120), (120, 155, 110), (190, 176, 142))
WALLS = ((226, 214, 196), (205, 190, 170), (214, 222, 226), (232, 226, 212))
ROOFS = ((120, 84, 72), (88, 96, 108), (142, 102, 78), (104, 110, 120))
LEAVES = ((74, 126, 78), (96, 142, 84), (58, 108, 70))
BRIGHT = ((214, 122, 74), (92, 136, 186), (222, 178, 82), (128, 166, 110))

Pen: TypeAlias = ImageDraw.ImageDraw


def scene(form: str, number: int) -> bytes:
    """A JPEG of the place of an activity of some form; the same for the same number."""
    luck = Random(f"{form}/{number}")
    picture = Image.new("RGB", SIZE, luck.choice(SKIES))
    pen = ImageDraw.Draw(picture)
    horizon = luck.randint(340, 430)
    _hills(pen, luck, horizon)
    pen.rectangle((0, horizon, WIDTH, HEIGHT), fill=luck.choice(GROUNDS))
    for _ in range(luck.randint(2, 4)):
        _house(pen, luck, horizon)
    for _ in range(luck.randint(3, 7)):
        _tree(pen, luck, horizon)
    SCENES.get(form, _street)(pen, luck, horizon)
    return _jpeg(_lit(picture, luck), QUALITY)


def again(photo: bytes) -> bytes:
    """The same photo as it comes out of a messenger: smaller, a little lighter, compressed again."""
    with Image.open(BytesIO(photo)) as opened:
        small = opened.resize((round(WIDTH * SMALLER), round(HEIGHT * SMALLER)), Image.Resampling.LANCZOS)
    return _jpeg(ImageEnhance.Brightness(small).enhance(1.04), QUALITY_OF_A_COPY)


def _lit(picture: Image.Image, luck: Random) -> Image.Image:
    """The same in the light of a day of its own: a clear sky would look alike on all photos, and on no two copies of one."""
    light = Image.frombytes("L", LIGHTS, luck.randbytes(LIGHTS[0] * LIGHTS[1])).resize(SIZE, Image.Resampling.BICUBIC)
    return Image.blend(picture, light.convert("RGB"), LIGHT)


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    written = BytesIO()
    picture.save(written, "JPEG", quality=quality)
    return written.getvalue()


def _hills(pen: Pen, luck: Random, horizon: int) -> None:
    for shade in (0, 24):
        points = [(x, horizon - luck.randint(20, 150 - 3 * shade)) for x in range(-120, WIDTH + 240, 120)]
        pen.polygon([(-120, horizon), *points, (WIDTH + 240, horizon)], fill=(128 - shade, 150 - shade, 160 - 2 * shade))


def _house(pen: Pen, luck: Random, horizon: int) -> None:
    left, wide, high = luck.randint(-40, WIDTH - 160), luck.randint(150, 280), luck.randint(90, 170)
    foot = horizon + luck.randint(10, 80)
    pen.rectangle((left, foot - high, left + wide, foot), fill=luck.choice(WALLS))
    pen.polygon([(left - 20, foot - high), (left + wide / 2, foot - high - 70), (left + wide + 20, foot - high)], fill=luck.choice(ROOFS))
    for place in range(1, 4):
        x = left + wide * place / 4
        pen.rectangle((x - 14, foot - high + 25, x + 14, foot - high + 65), fill=(92, 120, 146))


def _tree(pen: Pen, luck: Random, horizon: int) -> None:
    x, foot, size = luck.randint(0, WIDTH), horizon + luck.randint(40, 160), luck.randint(40, 85)
    pen.rectangle((x - 7, foot - size, x + 7, foot), fill=(112, 86, 66))
    pen.ellipse((x - size, foot - 3 * size, x + size, foot - size / 2), fill=luck.choice(LEAVES))


def _street(pen: Pen, luck: Random, horizon: int) -> None:
    """A swept road with bins beside it."""
    bend = luck.randint(-200, 200)
    pen.polygon([(430 + bend, horizon), (520 + bend, horizon), (860, HEIGHT), (120, HEIGHT)], fill=(186, 184, 180))
    for place in range(luck.randint(2, 4)):
        x = 70 + 95 * place
        pen.rectangle((x, 560, x + 66, 660), fill=BRIGHT[place % len(BRIGHT)])
        pen.rectangle((x - 6, 545, x + 72, 562), fill=(88, 92, 96))


def _stage(pen: Pen, luck: Random, horizon: int) -> None:
    """An empty stage with bunting."""
    pen.rectangle((170, 330, 790, 560), fill=luck.choice(BRIGHT))
    pen.rectangle((130, 560, 830, 620), fill=(140, 106, 80))
    for place in range(14):
        x = 150 + 48 * place
        pen.polygon([(x, 300), (x + 40, 300), (x + 20, 345)], fill=luck.choice(BRIGHT))


def _board(pen: Pen, luck: Random, horizon: int) -> None:
    """A display board with sheets on it."""
    pen.rectangle((190, 300, 770, 590), fill=(96, 116, 140))
    for place in range(luck.randint(4, 6)):
        x = 215 + 92 * place
        pen.rectangle((x, 330, x + 74, 440), fill=(246, 244, 236))
        for line in range(5):
            pen.rectangle((x + 8, 345 + 17 * line, x + luck.randint(34, 66), 350 + 17 * line), fill=(150, 150, 150))
    pen.rectangle((230, 590, 250, 690), fill=(90, 90, 90))
    pen.rectangle((710, 590, 730, 690), fill=(90, 90, 90))


def _benches(pen: Pen, luck: Random, horizon: int) -> None:
    """Rows of empty benches before a table."""
    pen.rectangle((350, 400, 610, 450), fill=(150, 112, 82))
    for row in range(luck.randint(3, 4)):
        y = 490 + 62 * row
        for place in range(3):
            x = 90 + 280 * place - 15 * row
            pen.rectangle((x, y, x + 230 + 10 * row, y + 20), fill=(166, 130, 96))


SCENES: dict[str, Callable[[Pen, Random, int], None]] = {
    "clean_up": _street,
    "culture": _stage,
    "legal_talk": _board,
    "talk": _benches,
    "integrity_talk": _benches,
}
