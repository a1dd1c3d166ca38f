"""Every queue of 我的工作, whoever looks: its link opens exactly the rows it counts, and its rows can be opened."""

import pytest

from accounts.models import User
from core.queues import queues_of
from tests.meta.scene import Scene
from tests.meta.url_roles import ROLES

pytestmark = pytest.mark.django_db


def test_a_queue_opens_the_rows_it_counts(scene: Scene) -> None:
    seen = set()
    for role in ROLES:
        client = scene.client(role)
        for queue in queues_of(User.objects.get(pk=scene.county.people[role].pk)):
            context = client.get(queue.path).context
            shown = context["count"] if "count" in context else context["page_obj"].paginator.count
            assert (role, queue.key, shown) == (role, queue.key, queue.count)
            assert client.get(queue.rows[0].path).status_code == 200, (role, queue.key)
            seen.add(queue.key)
    assert {key.partition("-")[0] for key in seen} >= {"review", "letters", "duties", "hazards", "drills"}
