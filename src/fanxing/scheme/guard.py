"""What a scheme may not do, whatever its author intends."""

from fanxing.scheme.faults import Faults
from fanxing.scheme.model import Scheme


def refuse(scheme: Scheme, faults: Faults) -> None:
    """Note a fault for every rule of burden that the scheme breaks."""
