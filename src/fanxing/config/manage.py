"""The management commands: `python -m fanxing.config.manage …`."""

import os
import sys

from django.core.management import execute_from_command_line

from fanxing.config.environment import SettingsError


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fanxing.config.settings")
    try:
        execute_from_command_line(sys.argv)
    except SettingsError as error:
        sys.exit(f"fanxing: {error}")


if __name__ == "__main__":
    main()
