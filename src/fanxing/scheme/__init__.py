"""The language of schemes: what a programme's rules can say."""

from fanxing.scheme.faults import Fault, SchemeError
from fanxing.scheme.loader import load, load_files, read_folder, shipped
from fanxing.scheme.model import Scheme

__all__ = ["Fault", "Scheme", "SchemeError", "load", "load_files", "read_folder", "shipped"]
