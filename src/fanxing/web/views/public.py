"""What everybody may see without signing in."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET


@require_GET
@login_not_required
def front(request: HttpRequest) -> HttpResponse:
    """The public home."""
    return render(request, "front.html")
