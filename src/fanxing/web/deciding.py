"""What is done with anything that is drafted and published by a second person: with which version, and what is said then."""

from collections.abc import Callable, Mapping

from django.http import Http404

from fanxing.lib import clock
from fanxing.programme.models import Drafted
from fanxing.web.requests import SignedInRequest, attempt

# act → what is called with the draft, who, when and the version read
Actions = Mapping[str, Callable[..., object]]

LONGEST_NUMBER = 9
WORDS = {"return": "reason"}


def version_sent(request: SignedInRequest) -> int | None:
    """The version of a draft that was read by who sent the form."""
    seen = request.POST.get("version", "")
    return int(seen) if seen.isascii() and seen.isdigit() and len(seen) <= LONGEST_NUMBER else None


def version_edited(request: SignedInRequest, draft: Drafted) -> int:
    """The version that an edit changes: one's own follow each other, however fast they come; only someone else's stand in the way."""
    seen = version_sent(request)
    return draft.version if seen is None or draft.edited_by == request.user.username else seen


def decide(
    request: SignedInRequest,
    draft: Drafted,
    act: str,
    actions: Actions,
    done: Mapping[str, str],
    words: Mapping[str, str] = WORDS,
) -> bool:
    """Submit, return, publish or drop a draft as it was read; whether it went through. `words` names what the words sent are of an act."""
    if act not in actions:
        raise Http404
    said = {words[act]: request.POST.get("words", "")} if act in words else {}
    read = {"draft": draft, "by": request.user, "at": clock.now(), "expected_version": version_sent(request)}
    return attempt(request, lambda: actions[act](**read, **said), done[act])
