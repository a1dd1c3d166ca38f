"""Accounts and their roles: the administrator's pages."""

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.lockout import forget_failed_logins
from accounts.models import User
from accounts.requests import PersonRequest
from audit.trail import history_of
from core import clock
from responsibility.filters import PersonFilter
from responsibility.forms import AccountForm, DeputyForm, EndForm, PasswordForm, PersonForm, PostForm, ReasonForm
from responsibility.models import Membership
from responsibility.permissions import require_administrator
from responsibility.services import memberships, people
from responsibility.tables import PersonTable
from responsibility.views.pages import METHODS, FormPage, bound, form_page, list_page


def _person_url(pk: int) -> str:
    return reverse("responsibility:person", args=[pk])


@require_safe
def person_list(request: PersonRequest) -> HttpResponse:
    """Show every account with its roles of today."""
    require_administrator(request.user)
    posts = Membership.objects.active_on(clock.today()).select_related("unit", "deputy_for")
    rows = User.objects.order_by("display_name", "pk").prefetch_related(
        Prefetch("memberships", posts, to_attr="posts_now")
    )
    filters = PersonFilter(request.GET, rows)
    table = PersonTable(filters.qs)
    return list_page(request, "responsibility/people.html", filters, table)


@require_safe
def person_page(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one account: how to reach the person, roles with their dates, deputies, history."""
    require_administrator(request.user)
    person = get_object_or_404(User, pk=pk)
    today = clock.today()
    rows = person.memberships.select_related("unit", "deputy_for", "enterprise").order_by("-valid_from", "pk")
    context = {
        "person": person,
        "posts": [(row, row.valid_to is None or row.valid_to >= today) for row in rows],
        "deputies": person.deputies.filter(valid_to__gte=today).select_related("user", "unit"),
        "entries": history_of(person)[:20],
        "today": today,
    }
    return render(request, "responsibility/person.html", context)


def _show_password(request: PersonRequest, made: people.NewAccount, heading: str) -> HttpResponse:
    """Show a new password once, on the answer itself: it is kept neither in the session nor anywhere else."""
    return render(request, "responsibility/password.html", {"made": made, "heading": heading})


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(METHODS)
def person_create(request: PersonRequest) -> HttpResponse:
    """Make an account with its first role."""
    require_administrator(request.user)
    form = AccountForm(bound(request), initial={"unit": request.GET.get("unit")})

    def save() -> HttpResponse:
        made = people.create_account(
            actor=request.user,
            username=form.cleaned_data["username"],
            person=form.person(),
            post=form.post(),
            password=form.cleaned_data["password"],
        )
        return _show_password(request, made, "账号已建立")

    page = FormPage("新建账号", "新建账号", reverse("responsibility:people"), "人员账号")
    return form_page(request, form, page, save)


@require_http_methods(METHODS)
def person_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Correct name, telephone or e-mail."""
    require_administrator(request.user)
    person = get_object_or_404(User, pk=pk)
    initial = {name: getattr(person, name) for name in ("display_name", "phone", "email")}
    form = PersonForm(bound(request), initial=initial)

    def save() -> HttpResponse:
        people.change_person(actor=request.user, user_id=pk, person=form.person())
        messages.success(request, "已保存。")
        return redirect(_person_url(pk))

    return form_page(request, form, FormPage("修改资料", "保存修改", _person_url(pk), str(person)), save)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(METHODS)
def person_password(request: PersonRequest, pk: int) -> HttpResponse:
    """Give a person a new password."""
    require_administrator(request.user)
    person = get_object_or_404(User, pk=pk)
    form = PasswordForm(bound(request))
    form.fields["password"].label = "新密码"

    def save() -> HttpResponse:
        made = people.reset_password(actor=request.user, user_id=pk, password=form.cleaned_data["password"])
        forget_failed_logins(made.user.username)
        return _show_password(request, made, "密码已重置")

    note = f"重置后，{person}原来的密码立即失效，已登录的页面会退出。"
    page = FormPage("重置密码", "重置密码并使原密码失效", _person_url(pk), str(person), note)
    return form_page(request, form, page, save)


@require_http_methods(METHODS)
def person_switch(request: PersonRequest, pk: int) -> HttpResponse:
    """Switch an account off, or on again where it is off."""
    require_administrator(request.user)
    person = get_object_or_404(User, pk=pk)
    # What the person at the screen saw, not what is stored by now.
    active = request.POST.get("active") == "1" if request.method == "POST" else not person.is_active
    form = ReasonForm(bound(request))
    word = "启用" if active else "停用"

    def save() -> HttpResponse:
        people.switch_account(actor=request.user, user_id=pk, active=active, reason=form.cleaned_data["reason"])
        messages.success(request, f"已{word}“{person}”的账号。")
        return redirect(_person_url(pk))

    note = "停用后不能登录，也不再收到提醒；历史办理记录保留。" if not active else "启用后可用原密码登录。"
    page = FormPage(f"{word}账号", f"{word}“{person}”的账号", _person_url(pk), str(person), note, {"active": active})
    return form_page(request, form, page, save)


@require_http_methods(METHODS)
def post_add(request: PersonRequest, pk: int) -> HttpResponse:
    """Give a person one more role."""
    require_administrator(request.user)
    person = get_object_or_404(User, pk=pk)
    form = PostForm(bound(request))

    def save() -> HttpResponse:
        memberships.add_membership(actor=request.user, user_id=pk, post=form.post())
        messages.success(request, "已增加任职。")
        return redirect(_person_url(pk))

    return form_page(request, form, FormPage("增加任职", "增加任职", _person_url(pk), str(person)), save)


def _post(pk: int) -> Membership:
    return get_object_or_404(Membership.objects.select_related("user", "unit"), pk=pk)


@require_http_methods(METHODS)
def post_end(request: PersonRequest, pk: int) -> HttpResponse:
    """End a role after a day."""
    require_administrator(request.user)
    post = _post(pk)
    form = EndForm(bound(request), initial={"last_day": clock.today()})

    def save() -> HttpResponse:
        memberships.end_membership(actor=request.user, membership_id=pk, **form.cleaned_data)
        messages.success(request, "已办理任职截止。")
        return redirect(_person_url(post.user_id))

    note = f"{post.unit.short_name} · {post.get_role_display()}，自 {post.valid_from} 起。历史办理记录不受影响。"
    page = FormPage("任职截止", "确认截止这项任职", _person_url(post.user_id), str(post.user), note)
    return form_page(request, form, page, save)


@require_http_methods(METHODS)
def post_deputy(request: PersonRequest, pk: int) -> HttpResponse:
    """Let somebody stand in for a role within dates."""
    require_administrator(request.user)
    post = _post(pk)
    form = DeputyForm(bound(request), initial={"valid_from": clock.today()})

    def save() -> HttpResponse:
        data = form.cleaned_data
        memberships.add_deputy(
            actor=request.user,
            membership_id=pk,
            deputy_id=data["deputy"].pk,
            valid_from=data["valid_from"],
            valid_to=data["valid_to"],
        )
        messages.success(request, f"已指定{data['deputy']}在 {data['valid_from']} 至 {data['valid_to']} 代理。")
        return redirect(_person_url(post.user_id))

    note = f"在起止日期内，代理人可代{post.user}办理{post.unit.short_name}的工作，记录写作“{post.user}（由B角代）”。"
    page = FormPage("指定代理人（B角）", "指定代理人", _person_url(post.user_id), str(post.user), note)
    return form_page(request, form, page, save)
