"""接口令牌: one's own tokens, a new one, and taking one back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.filters import TokenFilter
from accounts.forms import TokenForm
from accounts.requests import PersonRequest
from accounts.tokens import MOST_IN_FORCE, create_token, revoke_token
from core import clock
from core.errors import UserError
from core.ui import page_of


@login_not_required
@require_safe
def session(request: HttpRequest) -> JsonResponse:
    """Tell a page whose session it is now, and the token its forms need; pages of other sites cannot read it."""
    return JsonResponse({"user": request.user.pk, "token": get_token(request)})


@require_safe
def session_back(request: HttpRequest) -> HttpResponse:
    """Send who logged in again in a second window back to the first."""
    return render(request, "account/session_back.html")


@require_safe
def token_list(request: PersonRequest) -> HttpResponse:
    """Show the person's tokens, those in force and those of the past."""
    filters = TokenFilter(request.GET, request.user.api_tokens.all())
    context = {
        "filters": filters,
        "page": page_of(request, filters.qs),
        "in_force": request.user.api_tokens.in_force_at(clock.now()).count(),
        "most": MOST_IN_FORCE,
    }
    return render(request, "account/tokens.html", context)


@sensitive_post_parameters()
@sensitive_variables("made")
@require_http_methods(["GET", "HEAD", "POST"])
def token_create(request: PersonRequest) -> HttpResponse:
    """Make a token and show it this once."""
    form = TokenForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = create_token(actor=request.user, name=data["name"], days=data["days"])
        except UserError as error:
            form.add_error(None, error.message)
        else:
            return render(request, "account/token_made.html", {"made": made})
    return render(request, "account/token_create.html", {"form": form}, status=400 if form.is_bound else 200)


@require_POST
def token_revoke(request: PersonRequest, pk: int) -> HttpResponse:
    """Revoke one of the person's tokens."""
    token = revoke_token(actor=request.user, token_id=pk)
    messages.success(request, f"已撤销令牌“{token.name}”，使用它的程序不能再访问。")
    return redirect("account_tokens")
