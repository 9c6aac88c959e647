"""Test people. The same number always gives the same person, and no two numbers share an email address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

Entry = TypeVar("Entry")

# Displayed, and in plain letters for the email address. Names from several scripts, because records have them.
_FIRST = (
    ("Mara", "mara"),
    ("Zoë", "zoe"),
    ("Łukasz", "lukasz"),
    ("José", "jose"),
    ("Søren", "soren"),
    ("Олена", "olena"),
    ("陽子", "yoko"),
    ("Priya", "priya"),
    ("Thảo", "thao"),
    ("Ayşe", "ayse"),
    ("Grace", "grace"),
    ("Νίκος", "nikos"),
    ("Amara", "amara"),
    ("Siobhán", "siobhan"),
    ("Noah", "noah"),
    ("Tariq", "tariq"),
)
_LAST = (
    ("Lind", "lind"),
    ("O'Neill", "oneill"),
    ("Müller", "mueller"),
    ("Nguyễn", "nguyen"),
    ("García", "garcia"),
    ("Шевченко", "shevchenko"),
    ("佐藤", "sato"),
    ("Okafor", "okafor"),
    ("Yılmaz", "yilmaz"),
    ("Smith-Jones", "smith-jones"),
    ("Þórsdóttir", "thorsdottir"),
    ("van den Berg", "vandenberg"),
    ("Patel", "patel"),
)
_COMPANIES = (
    "Northwind Traders",
    "Müller & Söhne GmbH",
    "Café Lumière",
    "Kite Analytics",
    "Sakura 商事",
    "Fjord Data AS",
    'Redwood "R" Partners',
    "Casa Verde, S.L.",
    "Granite Peak",
)
_JOBS = ("Head of Operations", "Account Manager", "CTO", "Buyer", "Managing Director", "Marketing Lead", "Engineer")
# City, region, postal code, country, its ISO 3166 code, and its telephone code.
_PLACES = (
    ("Berlin", "Berlin", "10115", "Germany", "DE", "+4930"),
    ("Dublin", "Leinster", "D02 X285", "Ireland", "IE", "+3531"),
    ("São Paulo", "SP", "01310-100", "Brazil", "BR", "+5511"),
    ("Kraków", "Małopolskie", "31-042", "Poland", "PL", "+4812"),
    ("Boston", "MA", "02108", "United States", "US", "+1617"),
    ("大阪市", "大阪府", "530-0001", "Japan", "JP", "+816"),
    ("København", "Hovedstaden", "1050", "Denmark", "DK", "+4532"),
    ("Bengaluru", "Karnataka", "560001", "India", "IN", "+9180"),
)


@dataclass(frozen=True)
class Person:
    """A person for test data."""

    first_name: str
    """In any script."""
    last_name: str
    """In any script."""
    email: str
    """Plain letters, unique, and under a domain that never receives mail."""
    phone: str
    """In E.164 form."""
    company: str
    """The name of a company."""
    job_title: str
    """What the person does there."""
    street: str
    """Street and number."""
    city: str
    region: str
    postal_code: str
    country: str
    """In English."""
    country_code: str
    """ISO 3166-1 alpha-2."""

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"


def person(number: int) -> Person:
    """The person with this number."""
    # The tables' lengths have no common factor, so pairs repeat late: 16 * 13 people before the first namesake.
    first_name, first_plain = _pick(_FIRST, number)
    last_name, last_plain = _pick(_LAST, number)
    city, region, postal_code, country, country_code, phone_code = _pick(_PLACES, number)
    return Person(
        first_name=first_name,
        last_name=last_name,
        email=f"{first_plain}.{last_plain}.{number}@example.com",
        phone=f"{phone_code}555{(number * 7_919 + 1_234) % 10_000:04}",
        company=_pick(_COMPANIES, number),
        job_title=_pick(_JOBS, number),
        street=f"{number % 180 + 1} Harbour Street",
        city=city,
        region=region,
        postal_code=postal_code,
        country=country,
        country_code=country_code,
    )


def _pick(table: Sequence[Entry], number: int) -> Entry:
    return table[number % len(table)]
