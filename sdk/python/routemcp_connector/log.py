"""Notes for the operator. The host cuts text beyond the call's allowance. Never log values of records."""

from . import host


def debug(message: str) -> None:
    """For looking into a problem."""
    host.current().log("debug", message)


def info(message: str) -> None:
    """For the ordinary course of things."""
    host.current().log("info", message)


def warn(message: str) -> None:
    """Something was odd, and the call went on."""
    host.current().log("warn", message)


def error(message: str) -> None:
    """Something failed."""
    host.current().log("error", message)
