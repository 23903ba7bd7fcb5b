"""What the tables may point to."""

from pathlib import Path

from django.apps import apps

from tests.architecture.stages import heights


def test_foreign_keys_point_to_the_same_or_an_earlier_stage():
    height = heights()
    wrong = [
        f"{model._meta.label}.{field.name} → {target._meta.label}"
        for model in apps.get_models()
        if is_ours(model)
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete
        for target in [field.related_model]
        if is_ours(target) and target._meta.app_label != model._meta.app_label
        if height[target._meta.app_label] >= height[model._meta.app_label]
    ]
    assert wrong == []


def test_every_app_of_ours_is_a_stage_named_as_its_package():
    ours = {config.label: config.name for config in apps.get_app_configs() if config.name.startswith("fanxing.")}
    assert ours == {label: f"fanxing.{label}" for label in ours}
    assert set(ours) <= set(heights())


def test_every_app_with_tables_keeps_its_migrations():
    ours = [config for config in apps.get_app_configs() if config.name.startswith("fanxing.")]
    without = [config.label for config in ours if list(config.get_models()) and not list_migrations(config.path)]
    assert without == []


def list_migrations(folder: str) -> list[Path]:
    return sorted(Path(folder).glob("migrations/0*.py"))


def is_ours(model: type) -> bool:
    return model.__module__.startswith("fanxing.")
