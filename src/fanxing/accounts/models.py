"""Who can sign in."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models

USERNAME = RegexValidator(r"\A[a-z0-9][a-z0-9_.-]{1,31}\Z", "用户名为 2 至 32 位小写字母、数字、点、横线或下划线")


class UserManager(BaseUserManager["User"]):
    """Finds a user by the name typed, in any case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=(username or "").strip().lower())


class User(AbstractBaseUser):
    """An account: a name to sign in with and a name on screen; who the person is stands in `organisations`.

    There are no flags for staff or superusers: what a user may do comes from posts alone.
    """

    username = models.CharField("用户名", max_length=32, unique=True, validators=[USERNAME])
    display_name = models.CharField("显示名", max_length=64, help_text="岗位名称，如“石桥镇审核员”；日志永久保存此名")
    is_active = models.BooleanField("可登录", default=True)
    created_at = models.DateTimeField("建立时间")

    objects = UserManager()

    USERNAME_FIELD = "username"

    class Meta:
        verbose_name = "账号"
        verbose_name_plural = verbose_name

    def __str__(self) -> str:
        return self.display_name

    def natural_key(self) -> tuple[str]:
        return (self.username,)
