"""Invented places, bodies and companies: names put together so that they sound like names and belong to nobody."""

from collections.abc import Iterator, Sequence
from random import Random

from fanxing.demo.dice import SEED, Dice

# What a place is called after, and what lies there. No pair of them is taken from a map.
AFTER = (
    *"听望枕眠晓晚暮云月星霜雪露雨烟松柏槐榆桑柳枣杏梨桃莲菱芦苇葵麦禾粟豆棉竹兰菊橘枫",
    *"鹿雁鹭鹤燕莺蝉萤砚墨笛琴棋书灯帆梭陶瓷锦绣青翠碧绛素",
)
LIES = "泉溪渠塘湾坡岭坪坳埠渡桥铺亭井台园林畈垄坞浦湖汀洲滩岗沟寨营庄堡店集屯墩窑坊巷门"
LATER = (*("",) * 16, "头", "脚", "里", "口", "畔", "铺")
TOWN_AFTER = "青沐栖衔浣望枕曲澄晴霁岚岫芳苍凝朝夕长永安和宁嘉瑞锦"
TOWN_LIES = "穗溪川泽陵源泉原州岗塬渡桥塘湾洲堰峪陂浦岭台榆槐柳棠苇"
COMMUNITY_LIES = "苑园庭里巷街桥门亭台泉溪塘湾洲畔林圃"
COMPOUND_AFTER = (
    "云栖",
    "锦棠",
    "和畅",
    "晴川",
    "翠微",
    "听澜",
    "锦槐",
    "望舒",
    "清和",
    "景明",
    "朗润",
    "安禾",
    "沁园",
    "枫桥里",
    "梧桐里",
    "春晓",
)
COMPOUND_LIES = ("苑", "花园", "家园", "雅居", "新村", "名邸", "公寓", "小区")
FIRMS_AFTER = "禾润晟腾鼎诚信宏嘉启明元盛源和昌泽锦丰沃穗星"
TRADES = (
    *("食品", "面业", "粉业", "农机制造", "种业", "果蔬", "冷链物流", "饲料", "肉制品", "蜂业"),
    *("纺织", "服饰", "发制品", "鞋业", "木业", "家具", "包装", "印务", "玻璃", "陶瓷"),
    *("机械制造", "精密铸造", "电气", "电缆", "汽车零部件", "新材料", "环保科技", "化工", "医药", "医疗器械"),
    *("建筑工程", "路桥", "置业", "物业服务", "商贸", "超市连锁", "酒店管理", "文化传媒", "信息技术", "软件"),
)
BUREAUS = (
    *("发展和改革委员会", "教育局", "科学技术局", "工业和信息化局", "公安局", "民政局", "司法局", "财政局", "人力资源和社会保障局"),
    *("自然资源和规划局", "生态环境局", "住房和城乡建设局", "交通运输局", "水利局", "农业农村局", "商务局", "文化广电和旅游局"),
    *(
        "卫生健康委员会",
        "退役军人事务局",
        "应急管理局",
        "审计局",
        "市场监督管理局",
        "统计局",
        "医疗保障局",
        "城市管理局",
        "粮食和物资储备局",
    ),
    *("行政审批和政务信息管理局", "机关事务中心", "气象局", "税务局", "总工会", "妇女联合会"),
)
# Who works with a community.
PARTNERS = ("第一中学", "人民医院", "供电所", "图书馆", "消防救援站", "律师事务所", "便民超市", "邮政支局")
PARTNERS_EACH = 3


class Names:
    """Names of places, none given twice."""

    def __init__(self, topic: str) -> None:
        self.luck = Random(f"{SEED}/names/{topic}")
        self.taken: set[str] = set()

    def take(self, name: str) -> bool:
        """Whether the name was free; it is taken now."""
        if name in self.taken:
            return False
        self.taken.add(name)
        return True

    def fresh(self, makings: Sequence[Sequence[str]], ending: str = "") -> str:
        """A name made of one of each, that was not given before."""
        while True:
            parts = [self.luck.choice(one) for one in makings]
            name = "".join(parts) + ending
            if len(set(name)) == len(name) and self.take(name):
                return name


def villages(names: Names, count: int) -> Iterator[str]:
    """Villages of one township: most by themselves, some as two of one name that lie apart."""
    made = 0
    while made < count:
        base = names.fresh((AFTER, LIES, LATER))
        pair = names.luck.choice(("东西", "上下", "前后", "南北", "大小")) if names.luck.random() < 0.08 and count - made > 1 else ""
        for side in pair or ("",):
            yield f"{side}{base}村"
            made += 1


def townships(names: Names, count: int) -> Iterator[str]:
    """The first parts of the names of townships."""
    yield from (names.fresh((TOWN_AFTER, TOWN_LIES)) for _ in range(count))


def communities(names: Names, count: int) -> Iterator[str]:
    """Urban communities."""
    yield from (names.fresh((AFTER, COMMUNITY_LIES), "社区") for _ in range(count))


def compounds(names: Names, count: int) -> Iterator[str]:
    """Residential compounds."""
    yield from (names.fresh((COMPOUND_AFTER, COMPOUND_LIES)) for _ in range(count))


def firms(names: Names, place: str, count: int) -> Iterator[str]:
    """Companies of a place, whose short name they carry."""
    while count:
        brand = names.fresh((FIRMS_AFTER, FIRMS_AFTER))
        yield f"{place}{brand}{names.luck.choice(TRADES)}有限公司"
        count -= 1


def partners(code: str, name: str) -> list[str]:
    """What the partner units of a community are called."""
    first = int(Dice.of([code]).whole("partners", 0, len(PARTNERS) - 1)[0])
    return [f"{name.removesuffix('社区')}{PARTNERS[(first + 3 * number) % len(PARTNERS)]}" for number in range(PARTNERS_EACH)]
