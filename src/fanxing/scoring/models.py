"""Results: what a run rated, and where each unit stands now."""

from django.db import models

from fanxing.audit.models import AppendOnly
from fanxing.organisations.models import Unit
from fanxing.programme.models import Publication


class Run(AppendOnly):
    """All units of a publication rated at once: with its facts (a Parquet table) and the ends of the ledgers it saw (by unit
    id), so that the same result can be reckoned again for ever, and traced to the records that counted then. `results` (a Parquet
    table, see `trends.results_of`; empty in runs older than it) is what came out, kept so that trends need no reckoning."""

    publication = models.ForeignKey(Publication, models.PROTECT, verbose_name="方案", related_name="+")
    as_of = models.DateField("评定日")
    heads = models.JSONField("各单位台账末条序号")
    facts = models.BinaryField("事实表")
    facts_digest = models.CharField("事实表校验值", max_length=64)
    results = models.BinaryField("结果表", default=b"")
    unit_count = models.PositiveIntegerField("单位数")
    made_at = models.DateTimeField("计算时间")
    made_by = models.TextField("计算人")

    class Meta:
        verbose_name = "评分计算"
        verbose_name_plural = verbose_name

    def __str__(self) -> str:
        return f"{self.publication} {self.as_of}"


class Score(models.Model):
    """Where a unit stands by a publication: kept up with its ledger, so it can be stale until it is asked for.

    `heads` are the ends of the ledgers that were reckoned, by unit id: its own, and those of units merged into it. `stars` maps
    a star to its points and whether it is held (None: not rated); `tier` is empty where the unit is not rated, `reason` says why.
    """

    unit = models.ForeignKey(Unit, models.CASCADE, verbose_name="单位", related_name="scores")
    publication = models.ForeignKey(Publication, models.PROTECT, verbose_name="方案", related_name="scores")
    run = models.ForeignKey(Run, models.PROTECT, verbose_name="最近一次全体计算", related_name="scores", null=True)
    heads = models.JSONField("台账末条序号")
    as_of = models.DateField("评定日")
    tier = models.TextField("星级", blank=True)
    total = models.FloatField("总分", null=True)
    stars = models.JSONField("各星")
    reason = models.TextField("不评原因", blank=True)
    reckoned_at = models.DateTimeField("计算时间")

    class Meta:
        verbose_name = "得分"
        verbose_name_plural = verbose_name
        constraints = [models.UniqueConstraint(name="scoring_score_one_a_unit", fields=["publication", "unit"])]

    def __str__(self) -> str:
        return f"{self.unit} {self.tier}"
