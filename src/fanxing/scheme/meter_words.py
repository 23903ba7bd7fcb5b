"""The burden meter in words: for the terminal, for documents, and as JSON."""

from collections.abc import Iterator, Sequence

from fanxing.scheme.meter import DAY, Burden, Change, FormBurden
from fanxing.scheme.model import Field

DEFINITIONS = (
    ("数据项", "要填的一项内容：记录的一个填报项，日期也算一项；照片和文件从不要求，不算。"),
    ("表", "单位自己填的一种记录；别的部门已经掌握的由那个部门导入，算在那个部门名下。"),
    ("一年填多少", "一条记录的数据项 × 一年登记几次（记录类型没有写明的按一次），按每项都填计。"),
    ("重复要的", "在别处也要的填报项：概念相同，或名称和计量单位都相同的数；“其中……”连同它上面的总数一起比。"),
    ("预填的", "表上已经替你填好、只需看一眼的，或由另外两项算出的。"),
    ("一数几用", "一个填报项被多少个评分项用到；日期按这种记录的所有评分项计。平均数按每个填报项各算一次。"),
)


def lines(burdens: Sequence[Burden]) -> Iterator[str]:
    """The meter for a terminal: a line a kind of unit or body, then what is asked twice or read by nobody, then the definitions."""
    for one in burdens:
        if one.forms:
            yield f"{called(one)}：{sentence(one)}"
            yield from (f"  {line}" for form in one.forms for line in remarks(form))
    yield ""
    yield from (f"{word}：{meaning}" for word, meaning in DEFINITIONS)


def called(burden: Burden) -> str:
    """Whose burden it is: 村, or 民政部门（村）."""
    return f"{burden.body}（{burden.unit_kind.title}）" if burden.body else burden.unit_kind.title


def sentence(burden: Burden) -> str:
    """All figures of one burden in a sentence."""
    said = [
        f"{len(burden.forms)} 张表，一年登记 {_number(burden.times_a_year)} 次、{_number(burden.facts_a_year)} 项",
        f"其中预填 {_number(burden.prefilled_a_year)} 项",
        f"重复要 {burden.asked_twice} 项",
        f"可附照片或文件 {burden.photos} 处，都不必填" if burden.photos else "不要照片",
        f"平均一数 {burden.mean_uses:.1f} 用",
    ]
    return "；".join(said) + "。"


def change_sentence(change: Change) -> str:
    """How the burden of a kind of unit or body moves."""
    name = called(change.burden)
    if change.before is None or change.after is None:
        asked = change.burden
        return f"{name}：{'新增' if change.before is None else '不再有'} {len(asked.forms)} 张表、一年 {_number(asked.facts_a_year)} 项。"
    before, after = change.before, change.after
    pairs = [
        ("表", len(before.forms), len(after.forms), "张"),
        ("一年登记", before.times_a_year, after.times_a_year, "次"),
        ("一年填", before.facts_a_year, after.facts_a_year, "项"),
        ("其中预填", before.prefilled_a_year, after.prefilled_a_year, "项"),
        ("重复要", before.asked_twice, after.asked_twice, "项"),
        ("可附照片或文件", before.photos, after.photos, "处"),
    ]
    moved = [f"{what}由 {_number(old)} {unit}变为 {_number(new)} {unit}" for what, old, new, unit in pairs if old != new]
    if round(before.mean_uses, 1) != round(after.mean_uses, 1):
        moved.append(f"平均一数 {before.mean_uses:.1f} 用变为 {after.mean_uses:.1f} 用")
    return f"{name}：{'；'.join(moved) or '不变'}。"


def remarks(form: FormBurden) -> Iterator[str]:
    """What could be asked less of one form."""
    if form.twice:
        yield f"{form.kind.title}：在别处也要——{_titles(form.twice)}"
    if form.unused:
        yield f"{form.kind.title}：没有评分项用到——{_titles(form.unused)}"


def _titles(fields: Sequence[Field]) -> str:
    return "、".join(field.title for field in fields)


def as_json(burdens: Sequence[Burden]) -> list[dict[str, object]]:
    """The meter as plain data, by kind of unit and body."""
    return [
        {
            "unit_kind": one.unit_kind.id,
            "body": one.body,
            "forms": len(one.forms),
            "times_a_year": one.times_a_year,
            "facts_a_year": one.facts_a_year,
            "prefilled_a_year": one.prefilled_a_year,
            "asked_twice": one.asked_twice,
            "photos_asked": one.photos,
            "mean_uses": round(one.mean_uses, 4),
            "kinds": [_form_json(form) for form in one.forms],
        }
        for one in burdens
    ]


def _form_json(form: FormBurden) -> dict[str, object]:
    return {
        "kind": form.kind.id,
        "title": form.kind.title,
        "times_a_year": form.times,
        "times_said": form.said,
        "facts": form.facts,
        "facts_a_year": form.a_year,
        "asked_twice": [field.id for field in form.twice],
        "prefilled": [field.id for field in form.prefilled],
        "photos_asked": form.photos,
        "uses": {("day" if id == DAY else id): list(titles) for id, titles in form.uses.items()},
    }


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
