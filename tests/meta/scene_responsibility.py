"""Sample objects of sectors, duty lists and enterprises for the tests that walk over all pages."""

from datetime import date, timedelta

from audit import trail
from core import clock
from responsibility.models import (
    DutyItem,
    DutyList,
    DutySignature,
    Fulfilment,
    InnerOffice,
    Post,
    SavedView,
    Sector,
    SectorSupervision,
    Tenure,
    Unit,
)
from responsibility.services.fulfilment import FulfilmentDraft, add_fulfilment
from tests.enterprises import join_enterprise, make_enterprise, make_sector
from tests.meta.scene import Scene
from tests.responsibility import duties

MORE = 30
S = DutyList.State


def add_to(scene: Scene) -> None:
    """Create them at the frozen moment and name them in `scene.samples` (and `scene.posted`)."""
    units = scene.county.units
    sector = Sector.objects.create(code="S01", name="危险化学品", high_risk=True, emerging=True)
    decision = SectorSupervision.objects.create(
        sector=sector, lead=units["YJ"], basis="清安委〔2025〕3号", valid_from=date(2025, 2, 18)
    )
    decision.partners.set([units["ZJ"], units["XF"]])
    _add_posts(scene)
    _add_duties(scene)
    view = SavedView.objects.create(
        owner=scene.county.office, page="tasks:list", name="红灯任务", query="lamp=red", scope="shared"
    )
    scene.samples |= {"saved view": {"pk": view.pk}}
    scene.samples |= {"sector": {"pk": sector.pk}, "decision": {"pk": decision.pk}}
    county = scene.county
    enterprise = make_enterprise(county)
    works = make_sector("S07", "房屋建筑和市政工程施工")
    other = make_enterprise(county, 2, "县域住建工程有限公司", supervisor="ZJ", sector=works)
    join_enterprise(county.enterprise, enterprise)
    scene.samples |= {"enterprise": {"pk": enterprise.pk}, "other enterprise": {"pk": other.pk}}


def _add_posts(scene: Scene) -> None:
    unit = scene.county.units["YJ"]
    leader = Post.objects.create(unit=unit, leader=True, in_charge=True, title="局长", ordering=10)
    Tenure.objects.create(post=leader, user=scene.county.head, name=str(scene.county.head))
    office = InnerOffice.objects.create(unit=unit, name="危化股", ordering=10)
    job = Post.objects.create(unit=unit, office=office, in_charge=True, title="股长", ordering=20)
    # Without account: nothing is one editor's alone, and the head signs for them.
    Tenure.objects.create(post=job, name="孙股长")
    scene.samples |= {"inner office": {"pk": office.pk}, "job": {"pk": job.pk}}


def _add_duties(scene: Scene) -> None:
    county = scene.county
    lists = {state: duties.list_in(state, county, year) for state, year in duties.YEARS.items()}
    scene.samples |= {f"duties {state}": {"pk": row.pk} for state, row in lists.items()}
    published, draft = lists[S.PUBLISHED], lists[S.DRAFT]
    item = published.items.filter(layer="unit").get()
    scene.samples |= {"duty": {"pk": item.pk}, "duty draft": {"pk": draft.items.filter(layer="unit").get().pk}}
    record = add_fulfilment(
        actor=county.editor, item_id=item.pk, draft=FulfilmentDraft(clock.today(), "检查三家企业", "应小急")
    )
    scene.samples |= {"record": {"pk": record.pk}}
    scene.samples |= {"duty move": {"pk": lists[S.SUBMITTED].pk, "action": "publish"}}
    scene.posted |= {"duty move": {"version": lists[S.SUBMITTED].version}}


def grow(scene: Scene) -> None:
    """Add thirty of each, and thirty lines to what the sample pages show."""
    _grow_sectors(scene)
    _grow_posts(scene)
    for number in range(100, 100 + MORE):
        enterprise = make_enterprise(scene.county, number)
        join_enterprise(scene.county.second_editor, enterprise)
        trail.record(actor=None, action="test.note", target=enterprise, summary=f"记录{number}")
    _grow_duties(scene)


def _grow_sectors(scene: Scene) -> None:
    office, units = scene.county.office, scene.county.units
    partners = list(Unit.objects.exclude(kind=Unit.Kind.GROUP)[:MORE])
    first = Sector.objects.get(pk=scene.samples["sector"]["pk"])
    for number in range(MORE):
        sector = Sector.objects.create(code=f"T{number}", name=f"第{number}个行业领域", ordering=number)
        day = date(2000, 1, 1) + timedelta(days=number)
        rows = [
            SectorSupervision(sector=sector, lead=units["ZJ"], basis="三定规定", valid_from=date(2025, 1, 1)),
            SectorSupervision(sector=first, lead=units["ZJ"], basis="旧依据", valid_from=day, valid_to=day),
        ]
        for row in SectorSupervision.objects.bulk_create(rows):
            row.partners.set(partners)
        trail.record(actor=office, action="test.note", target=first, summary=f"记录{number}")


def _grow_posts(scene: Scene) -> None:
    unit = scene.county.units["YJ"]
    known = Post.objects.get(pk=scene.samples["job"]["pk"])
    for number in range(MORE):
        office = InnerOffice.objects.create(unit=unit, name=f"第{number}股", ordering=number)
        post = Post.objects.create(unit=unit, office=office, title=f"科员{number}", ordering=number)
        day = date(2000, 1, 1) + timedelta(days=number)
        Tenure.objects.create(post=post, name=f"某{number}")
        Tenure.objects.create(post=known, name=f"前{number}", valid_from=day, valid_to=day)


def _grow_duties(scene: Scene) -> None:
    """Thirty more lists, and thirty duties of as many posts, signed and done, in the sample lists."""
    county, unit = scene.county, scene.county.units["YJ"]
    posts = list(Post.objects.filter(unit=unit, leader=False))[:MORE]
    for state in S.values:
        duty_list = DutyList.objects.get(pk=scene.samples[f"duties {state}"]["pk"])
        for number, post in enumerate(posts):
            item = duties.make_item(duty_list, f"更多职责{number}", layer="post", post=post)
            if duty_list.is_published and not duty_list.signatures.filter(post=post, lapsed_on=None).exists():
                tenure = post.tenures.get(valid_to=None)
                DutySignature.objects.create(
                    duty_list=duty_list, layer="post", post=post, tenure=tenure, subject=str(post)
                )
            if duty_list.is_published:
                _record(scene, item)
    sample = DutyItem.objects.get(pk=scene.samples["duty"]["pk"])
    for number in range(MORE):
        _record(scene, sample)
        other = Unit.objects.get(code=f"X{number}")
        duty_list = DutyList.objects.create(
            unit=other,
            year=2026,
            state=S.PUBLISHED,
            created_by=county.editor,
            submitted_by=county.editor,
            submitted_at=clock.now(),
            published_by=county.office,
            published_on=clock.today(),
        )
        DutySignature.objects.create(duty_list=duty_list, layer="unit", subject=other.name)
        for target in (scene.samples["duties published"]["pk"], scene.samples["duties draft"]["pk"]):
            row = DutyList.objects.get(pk=target)
            trail.record(actor=county.editor, action="test.note", target=row, summary=f"记录{number}")


def _record(scene: Scene, item: DutyItem) -> None:
    Fulfilment.objects.create(
        item=item, done_on=clock.today(), text="检查", person="应小急", created_by=scene.county.editor
    )
