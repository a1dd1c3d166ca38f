"""Sectors of the demonstration county with who supervises each; enterprises and hazards build on them."""

from datetime import date

from core import clock
from responsibility.services.sector_presets import load_sectors
from safetyplan.demo.county import People
from safetyplan.demo.story import moment_of

BASIS = "《清泽县安全生产委员会关于明确各行业领域安全生产监管职责分工的通知》（清安委〔{year}〕3号）"


def make_sectors(people: People, *, year: int) -> None:
    """Decide, in February of `year`, who supervises each of the usual sectors."""
    decided = date(year, 2, 18)
    with clock.travel(moment_of(decided, 10)):
        load_sectors(actor=people.users["office-1"], basis=BASIS.format(year=year), valid_from=decided)
