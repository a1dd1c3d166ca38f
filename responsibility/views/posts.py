"""Inner offices and posts of a unit: kept by its own people, the office and the administrator."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import PersonRequest
from core import clock
from core.errors import NotAllowed, UserError
from responsibility.forms import EndForm
from responsibility.models import DutyItem, InnerOffice, Post, Unit
from responsibility.permissions import require_colleague, require_posts_keeper
from responsibility.post_forms import HolderForm, NewPostForm, OfficeEditForm, OfficeForm, PostEditForm, PostLinesForm
from responsibility.selectors import may_keep_posts
from responsibility.services import posts
from responsibility.services.post_lines import add_posts, read_post_lines
from responsibility.views.pages import METHODS, FormPage, bound, form_page, version_of


def _unit_url(pk: int) -> str:
    return reverse("responsibility:unit", args=[pk]) + "#posts"


def _concrete_unit(request: PersonRequest, pk: int) -> Unit:
    require_posts_keeper(request.user, pk)
    return get_object_or_404(Unit.objects.exclude(kind=Unit.Kind.GROUP), pk=pk)


def _office(request: PersonRequest, pk: int) -> InnerOffice:
    require_colleague(request.user)
    row = get_object_or_404(InnerOffice.objects.select_related("unit"), pk=pk)
    require_posts_keeper(request.user, row.unit_id)
    return row


def _post(request: PersonRequest, pk: int) -> Post:
    require_colleague(request.user)
    row = get_object_or_404(Post.objects.with_holders(), pk=pk)
    require_posts_keeper(request.user, row.unit_id)
    return row


def _done(request: PersonRequest, sentence: str, unit_id: int) -> HttpResponse:
    messages.success(request, sentence)
    return redirect(_unit_url(unit_id))


@require_http_methods(METHODS)
def office_create(request: PersonRequest, pk: int) -> HttpResponse:
    """Add an inner office."""
    unit = _concrete_unit(request, pk)
    form = OfficeForm(bound(request))

    def save() -> HttpResponse:
        made = posts.create_office(actor=request.user, unit_id=pk, name=form.cleaned_data["name"])
        return _done(request, f"已设立内设机构“{made.name}”。", pk)

    page = FormPage("新增内设机构", "新增内设机构", _unit_url(pk), unit.name)
    return form_page(request, form, page, save)


@require_http_methods(METHODS)
def office_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Rename an inner office or move it."""
    office = _office(request, pk)
    initial = {"name": office.name, "ordering": office.ordering}
    form = OfficeEditForm(bound(request), initial=initial)

    def save() -> HttpResponse:
        posts.change_office(actor=request.user, office_id=pk, expected_version=version_of(request), **form.cleaned_data)
        return _done(request, "已保存。", office.unit_id)

    def current() -> tuple[int, list[tuple[str, str]]]:
        stored = InnerOffice.objects.get(pk=pk)
        return stored.version, [(str(form.fields[name].label), str(getattr(stored, name))) for name in initial]

    page = FormPage("修改内设机构", "保存修改", _unit_url(office.unit_id), office.unit.name)
    return form_page(request, form, page, save, current=current)


@require_http_methods(METHODS)
def office_close(request: PersonRequest, pk: int) -> HttpResponse:
    """撤销 an inner office after a day."""
    office = _office(request, pk)
    form = EndForm(bound(request), initial={"last_day": clock.today()})

    def save() -> HttpResponse:
        posts.close_office(actor=request.user, office_id=pk, **form.cleaned_data)
        return _done(request, f"已撤销内设机构“{office.name}”。", office.unit_id)

    note = "撤销前须先撤销其中的岗位；已发布的责任清单和履职记录保留。"
    page = FormPage("撤销内设机构", f"撤销“{office.name}”", _unit_url(office.unit_id), office.unit.name, note)
    return form_page(request, form, page, save)


@require_http_methods(METHODS)
def job_create(request: PersonRequest, pk: int) -> HttpResponse:
    """Add a post, with who holds it where that is known."""
    unit = _concrete_unit(request, pk)
    form = NewPostForm(bound(request), unit=unit, initial={"office": request.GET.get("office")})

    def save() -> HttpResponse:
        made = posts.create_post(actor=request.user, unit_id=pk, draft=form.draft(), holder=form.holder_if_any())
        return _done(request, f"已设立岗位“{made}”。", pk)

    page = FormPage("新增岗位", "新增岗位", _unit_url(pk), unit.name, "不填任岗人的，岗位按空缺登记。")
    return form_page(request, form, page, save)


@require_http_methods(METHODS)
def job_lines(request: PersonRequest, pk: int) -> HttpResponse:
    """Add many posts from pasted lines: first a preview with what is wrong in each line, then all or nothing."""
    unit = _concrete_unit(request, pk)
    form = PostLinesForm(bound(request), initial={"valid_from": clock.today()})
    lines = read_post_lines(unit, form.cleaned_data["lines"]) if form.is_bound and form.is_valid() else []
    wrong = [line for line in lines if line.error]
    if form.is_bound and not form.errors and not lines:
        form.add_error("lines", "没有读到岗位，请每行填写一个。")
    if request.POST.get("confirm") and lines and not wrong and not form.errors:
        try:
            made = add_posts(actor=request.user, unit_id=pk, lines=lines, valid_from=form.cleaned_data["valid_from"])
        except NotAllowed:
            raise
        except UserError as error:
            form.add_error("lines", error.message)
        else:
            return _done(request, f"已新增 {len(made)} 个岗位。", pk)
    context = {"form": form, "unit": unit, "lines": lines, "wrong": wrong}
    return render(request, "responsibility/post_lines.html", context, status=400 if wrong or form.errors else 200)


@require_safe
def job(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one post: who holds and held it, and its duties of the list in force."""
    require_colleague(request.user)
    post = get_object_or_404(Post.objects.with_holders(), pk=pk)
    today = clock.today()
    duties = DutyItem.objects.filter(post=post, duty_list__state="published").select_related("duty_list__unit")
    context = {
        "post": post,
        "holder": post.holder_on(today),
        "tenures": post.tenures_known,  # type: ignore[attr-defined]
        "duties": duties.order_by("-duty_list__year", "ordering", "pk"),
        "may_change": may_keep_posts(request.user, post.unit_id) and post.valid_to is None,
        "today": today,
    }
    return render(request, "responsibility/post.html", context)


@require_http_methods(METHODS)
def job_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Change a post's title, office, portfolio or place."""
    post = _post(request, pk)
    form = PostEditForm(bound(request), unit=post.unit, initial=PostEditForm.initial_of(post))

    def save() -> HttpResponse:
        posts.change_post(actor=request.user, post_id=pk, draft=form.draft(), expected_version=version_of(request))
        return _done(request, "已保存。", post.unit_id)

    def current() -> tuple[int, list[tuple[str, str]]]:
        stored = Post.objects.select_related("office").get(pk=pk)
        shown = PostEditForm.initial_of(stored) | {"in_charge": "是" if stored.in_charge else "否"}
        return stored.version, [(str(form.fields[name].label), str(value or "")) for name, value in shown.items()]

    page = FormPage("修改岗位", "保存修改", _unit_url(post.unit_id), post.unit.name)
    return form_page(request, form, page, save, current=current)


@require_http_methods(METHODS)
def job_holder(request: PersonRequest, pk: int) -> HttpResponse:
    """Put somebody into a post from a day on."""
    post = _post(request, pk)
    form = HolderForm(bound(request), unit=post.unit)

    def save() -> HttpResponse:
        row = posts.change_holder(actor=request.user, post_id=pk, holder=form.holder())
        return _done(request, f"已登记{row.name}自 {row.valid_from} 起任“{post}”。", post.unit_id)

    now = post.holder_on(clock.today())
    note = f"现任：{now.name}，自 {now.valid_from} 起；继任后，前任在前一天离岗，" if now else "岗位目前空缺；"
    note += "本年度已发布的责任清单由继任者重新签收。"
    page = FormPage(f"“{post}”任岗人", "登记任岗人", _unit_url(post.unit_id), post.unit.name, note)
    return form_page(request, form, page, save)


@require_http_methods(METHODS)
def job_vacate(request: PersonRequest, pk: int) -> HttpResponse:
    """Let the holder leave a post without a successor."""
    post = _post(request, pk)
    form = EndForm(bound(request), initial={"last_day": clock.today()})

    def save() -> HttpResponse:
        posts.vacate_post(actor=request.user, post_id=pk, **form.cleaned_data)
        return _done(request, f"“{post}”已登记为空缺。", post.unit_id)

    page = FormPage(
        "离岗", f"登记“{post}”离岗", _unit_url(post.unit_id), post.unit.name, "离岗后岗位空缺，任岗历史保留。"
    )
    return form_page(request, form, page, save)


@require_http_methods(METHODS)
def job_close(request: PersonRequest, pk: int) -> HttpResponse:
    """撤销 a post after a day."""
    post = _post(request, pk)
    form = EndForm(bound(request), initial={"last_day": clock.today()})

    def save() -> HttpResponse:
        posts.close_post(actor=request.user, post_id=pk, **form.cleaned_data)
        return _done(request, f"已撤销岗位“{post}”。", post.unit_id)

    note = "任岗人同时离岗；已发布的责任清单和履职记录保留。"
    page = FormPage("撤销岗位", f"撤销“{post}”", _unit_url(post.unit_id), post.unit.name, note)
    return form_page(request, form, page, save)
