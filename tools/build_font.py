"""Cuts the Chinese font of printed papers out of Noto Serif CJK SC (Debian: fonts-noto-cjk), whose licence (OFL 1.1) allows it.

.boot/bin/uv run --no-project --with fonttools python tools/build_font.py
"""

from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection

SOURCE = Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc")
TARGET = Path(__file__).parent.parent / "src/fanxing/lib/printing/fonts/NotoSerifCJKsc-GB2312.otf"
FAMILY = "Noto Serif CJK SC"
# Characters of place names and personal names that GB2312 lacks.
BEYOND = (
    "塬垱塝畈垸埫圪垯埇堽嵎嵚峣岽崾崮崀岙峁峪嶂圐圙堼垴塆墕堎屺沄洺浉淠滘湉滆潢潴澥濉灞碶磉砦礤畲痦鄌鄠郿郏邡鄚栟棪桲梿榃樠橦"
    "欓竻筻箐篢粿苴荥葜蓥薳蘷虢蚬蟠陇隗隰璟珺玥琇琬瑄瑢璠璐瑀瑭玘珒珮昇喆堃垚淼鑫锟镕钰铖锳頔颀骉骐骕骥晞晟晔暐暄煊煜燚炜烜炻"
    "焜熠祎祺禔禛嫘嬅婳妤姮媖翀翾旸旻昶昺曌"
)


def main() -> None:
    """Write the font with the characters of GB2312, those beyond it, and Latin."""
    font = next(one for one in TTCollection(SOURCE, lazy=True).fonts if one["name"].getDebugName(1) == FAMILY)
    rows = (bytes((high, low)) for high in range(0xA1, 0xF8) for low in range(0xA1, 0xFF))
    kept = {ord(sign) for pair in rows if len(sign := pair.decode("gb2312", "ignore")) == 1}
    options = Options(layout_features=["kern", "liga", "locl", "palt", "vert"], hinting=False, name_IDs=["*"], notdef_outline=True)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=kept | {ord(sign) for sign in BEYOND} | set(range(0x20, 0x7F)) | {0xA0, 0xB7, 0x2014, 0x2026})
    subsetter.subset(font)
    TARGET.parent.mkdir(exist_ok=True)
    font.save(TARGET)


if __name__ == "__main__":
    main()
