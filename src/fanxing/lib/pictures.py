"""Photos made anew: only what is seen is kept, not where or with what it was taken; and a mark by which one is known again."""

from dataclasses import dataclass
from io import BytesIO

import numpy as np
from PIL import Image, ImageOps
from pillow_heif import register_heif_opener

from fanxing.lib.refusals import Refused

register_heif_opener()

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
# What a phone takes in one shot; a file of a few kilobytes may claim far more.
MOST_PIXELS = 64_000_000
LONGEST_SIDE = 2_048
THUMBNAIL_SIDE = 320
QUALITY, THUMBNAIL_QUALITY = 85, 75
# The mark has a bit for each pair of neighbours in a picture of 9 × 8 greys.
MARK_SIDE = 8
# A wall or the night sky: its neighbours differ too little to know it again.
PLAIN = 4.0


class PictureRefused(Refused):
    """The file is no photo that can be read, or too large a one."""


@dataclass(frozen=True)
class Picture:
    """A photo made anew as JPEG, with a small one of it. `mark` is 16 hexadecimal digits, empty where nothing can be known again."""

    content: bytes
    thumbnail: bytes
    width: int
    height: int
    mark: str


def remake(file: bytes) -> Picture:
    """Make a photo anew: turned upright, no side longer than LONGEST_SIDE, without its metadata. Raises PictureRefused."""
    try:
        with Image.open(BytesIO(file), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise PictureRefused(f"照片有 {opened.width}×{opened.height} 像素，太大了，请缩小后再传")
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise PictureRefused("这个文件不是能读取的照片（JPEG、PNG、WebP、HEIC）") from error
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    small = upright.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    return Picture(_jpeg(upright, QUALITY), _jpeg(small, THUMBNAIL_QUALITY), upright.width, upright.height, mark(upright))


def mark(picture: Image.Image) -> str:
    """What is brighter than its right neighbour in a small grey picture: the same for a photo made smaller, lighter or compressed again."""
    greys = np.asarray(picture.convert("L").resize((MARK_SIDE + 1, MARK_SIDE), Image.Resampling.LANCZOS), dtype=np.float64)
    if greys.std() < PLAIN:
        return ""
    bits = np.packbits(greys[:, 1:] > greys[:, :-1])
    return bits.tobytes().hex()


def distance(one: str, other: str) -> int:
    """In how many of 64 bits two marks differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    # A new picture of the same pixels: nothing that came with the file goes on.
    clean = Image.new("RGB", picture.size)
    clean.paste(picture)
    written = BytesIO()
    clean.save(written, "JPEG", quality=quality, optimize=True, progressive=True)
    return written.getvalue()
