"""Tokens of every person for the tests that walk over the programming interface."""

from accounts.models import ApiToken
from accounts.tokens import create_token
from tests.meta.scene import Scene


def add_to(scene: Scene) -> None:
    """Give everybody a token, and name one of them as the sample."""
    for name, person in scene.county.people.items():
        scene.tokens[name] = create_token(actor=person, name="自动取数", days=90).secret
    scene.samples["token"] = {"pk": scene.county.editor.api_tokens.get().pk}


def grow(scene: Scene) -> None:
    """Add thirty revoked tokens to the editor's."""
    token = scene.county.editor.api_tokens.get()
    ApiToken.objects.bulk_create(
        ApiToken(
            user=token.user,
            name=f"旧令牌{number}",
            hint=token.hint,
            digest=f"{number:064}",
            expires_at=token.expires_at,
            revoked_at=token.created_at,
        )
        for number in range(30)
    )
