"""Pages of lists: `page` and `page_size`, links to the neighbours on the same address."""

from typing import Any

from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.problems import BadInput

PAGE_SIZE = 20
MAX_PAGE_SIZE = 100
# Further than any list reaches; beyond it lie numbers the database refuses.
MAX_PAGE = 1_000_000


def _number(request: Request, name: str, default: int, largest: int) -> int:
    asked = request.query_params.get(name, str(default))
    if asked.isascii() and asked.isdecimal() and len(asked) < 10 and 1 <= int(asked) <= largest:
        return int(asked)
    raise BadInput({name: f"应为 1 到 {largest} 的整数。"})


class Pages(BasePagination):
    """Numbered pages; a page past the end is empty."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """Return the rows of the page asked for; `queryset` may be a list.

        Raises:
            BadInput: `page` or `page_size` is no number in its range.
        """
        self.request = request
        self.page = _number(request, "page", 1, MAX_PAGE)
        self.size = _number(request, "page_size", PAGE_SIZE, MAX_PAGE_SIZE)
        self.count = len(queryset) if isinstance(queryset, list) else queryset.count()
        self.pages = max(1, -(-self.count // self.size))
        start = (self.page - 1) * self.size
        return list(queryset[start : start + self.size]) if start < self.count else []

    def _link(self, page: int) -> str | None:
        if not 1 <= page <= self.pages:
            return None
        query = self.request.query_params.copy()
        query["page"] = str(page)
        # Relative, so that it holds under whatever name the caller reaches this server.
        return f"{self.request.path}?{query.urlencode()}"

    def get_paginated_response(self, data: Any) -> Response:
        """Return the page with its place in the list."""
        return Response(
            {
                "count": self.count,
                "page": self.page,
                "page_size": self.size,
                "pages": self.pages,
                "next": self._link(self.page + 1),
                "previous": self._link(min(self.page - 1, self.pages)),
                "results": data,
            }
        )

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Describe the page."""
        link = {"type": ["string", "null"], "format": "uri-reference"}
        number = {"type": "integer", "minimum": 0}
        return {
            "type": "object",
            "required": ["count", "page", "page_size", "pages", "next", "previous", "results"],
            "properties": {
                "count": number | {"description": "符合条件的总数"},
                "page": number | {"description": "本页页码，从 1 开始"},
                "page_size": number | {"description": "每页条数"},
                "pages": number | {"description": "总页数，至少为 1"},
                "next": link | {"description": "下一页的地址（相对本站），没有时为 null"},
                "previous": link | {"description": "上一页的地址（相对本站），没有时为 null"},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Describe the parameters."""
        return [
            {
                "name": name,
                "in": "query",
                "required": False,
                "description": description,
                "schema": {"type": "integer", "minimum": 1, "maximum": largest, "default": default},
            }
            for name, description, default, largest in (
                ("page", "页码，从 1 开始；超过总页数时结果为空", 1, MAX_PAGE),
                ("page_size", f"每页条数，最多 {MAX_PAGE_SIZE}", PAGE_SIZE, MAX_PAGE_SIZE),
            )
        ]
