"""How hard the random schemes press: as usual, or `pytest --hypothesis-profile=thorough tests/rating`."""

from hypothesis import HealthCheck, settings

COMMON = {
    "deadline": None,  # a shared machine is slow at times
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
}
settings.register_profile("usual", max_examples=100, **COMMON)
settings.register_profile("thorough", max_examples=5_000, **COMMON)
settings.load_profile("usual")
