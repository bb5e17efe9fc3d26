"""The tree of areas keeps its paths."""

import pytest

from customers.models import Area
from customers.services import areas
from ispbill.audit.models import AuditEvent
from ispbill.core.acts import Act
from tests.factories.accounts import BranchFactory
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree(at):
    branch = BranchFactory()

    def grow(name, parent=None):
        return areas.create(name=name, branch=branch, parent=parent, act=Act(None, at))

    zone = grow("Zone")
    area = grow("Area", zone)
    return {"zone": zone, "area": area, "block": grow("Block", area), "other": grow("Other")}


def path(area):
    return Area.objects.get(pk=area.pk).path


def test_a_path_holds_the_ids_from_the_root_down(tree):
    zone, area, block = tree["zone"], tree["area"], tree["block"]

    assert path(zone) == f"/{zone.pk}/"
    assert path(block) == f"/{zone.pk}/{area.pk}/{block.pk}/"


def test_a_subtree_moves_with_all_its_paths(tree, at):
    areas.move(area=tree["area"], parent=tree["other"], act=Act(None, at))

    assert path(tree["block"]) == (f"/{tree['other'].pk}/{tree['area'].pk}/{tree['block'].pk}/")
    assert path(tree["zone"]) == f"/{tree['zone'].pk}/"
    areas.move(area=tree["area"], parent=None, act=Act(None, at))
    assert path(tree["block"]) == f"/{tree['area'].pk}/{tree['block'].pk}/"
    assert AuditEvent.objects.filter(action="area.moved").count() == 2


@pytest.mark.parametrize("into", ["area", "block"])
def test_an_area_is_not_moved_into_itself(tree, at, into):
    with pytest.raises(areas.AreaMoveRefused):
        areas.move(area=tree["area"], parent=tree[into], act=Act(None, at))

    assert path(tree["area"]) == f"/{tree['zone'].pk}/{tree['area'].pk}/"


def test_areas_are_not_nested_too_deep(tree, at):
    deepest = tree["block"]
    with pytest.raises(areas.AreaMoveRefused):
        for index in range(100):
            deepest = areas.create(
                name=f"D{index}", branch=deepest.branch, parent=deepest, act=Act(None, at)
            )


def test_two_areas_of_one_name_do_not_lie_side_by_side(tree, at):
    with pytest.raises(areas.AreaNameTaken):
        areas.create(
            name="Area", branch=tree["zone"].branch, parent=tree["zone"], act=Act(None, at)
        )
    with pytest.raises(areas.AreaNameTaken):
        areas.rename(area=tree["other"], name="Zone", act=Act(None, at))
    twin = areas.create(
        name="Area", branch=tree["zone"].branch, parent=tree["other"], act=Act(None, at)
    )
    with pytest.raises(areas.AreaNameTaken):
        areas.move(area=twin, parent=tree["zone"], act=Act(None, at))


def test_an_area_is_renamed_with_a_trail(tree, at):
    areas.rename(area=tree["zone"], name="Mirpur", local_name="মিরপুর", act=Act(None, at))

    event = AuditEvent.objects.get(action="area.renamed")
    assert (event.before["name"], event.after["name"]) == ("Zone", "Mirpur")


def test_renaming_and_moving_go_together_or_not_at_all(tree, at):
    with pytest.raises(areas.AreaMoveRefused):
        areas.change(
            area=tree["zone"],
            name="New",
            local_name="",
            kind="ZONE",
            parent=tree["block"],
            act=Act(None, at),
        )

    assert Area.objects.get(pk=tree["zone"].pk).name == "Zone"


def test_an_area_in_use_is_not_archived(tree, at):
    CustomerFactory(area=tree["block"])

    for name in ("zone", "block"):
        with pytest.raises(areas.AreaInUse):
            areas.archive(area=tree[name], act=Act(None, at))
    assert areas.archive(area=tree["other"], act=Act(None, at)).archived_at == at
