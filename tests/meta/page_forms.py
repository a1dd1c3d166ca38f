"""The forms of a page as a browser would send them, so that a test presses the button people see."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class PageForm:
    """One form: where it goes, and its fields as they stand."""

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    # Fields people type into.
    typed: set[str] = field(default_factory=set)
    # What the page says beside them.
    hidden: set[str] = field(default_factory=set)

    def filled(self, **values: str) -> dict[str, list[str]]:
        """Return what is sent, with these fields typed into.

        Raises:
            KeyError: the form has no such field.
        """
        for name in values:
            if name not in self.fields and name not in dict(self.buttons):
                raise KeyError(f"{name} is not among {sorted(self.fields)}")
        return self.fields | {name: [value] for name, value in values.items()}


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[PageForm] = []
        self._form: PageForm | None = None
        self._area = ""
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = PageForm(values.get("action", ""), values.get("method", "get").lower())
            self.found.append(self._form)
        name = values.get("name", "")
        if self._form is None or (not name and tag != "option"):
            return
        if tag == "input":
            self._input(self._form, values)
        elif tag == "button":
            self._form.buttons.append((name, values.get("value", "")))
        elif tag == "textarea":
            self._area = name
            self._form.fields[name] = [""]
            self._form.typed.add(name)
        elif tag == "select":
            self._select = name
            self._form.fields.setdefault(name, [])
        elif tag == "option" and self._select and "selected" in values:
            self._form.fields[self._select].append(values.get("value", ""))

    def _input(self, form: PageForm, values: dict[str, str]) -> None:
        kind = values.get("type", "text")
        if kind in ("file", "submit", "button"):
            return
        if kind in ("text", "search", "number", "date"):
            form.typed.add(values["name"])
        elif kind == "hidden":
            form.hidden.add(values["name"])
        if kind not in ("checkbox", "radio"):
            form.fields[values["name"]] = [values.get("value", "")]
        elif "checked" in values:
            form.fields.setdefault(values["name"], []).append(values.get("value", "on"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea":
            if self._form is not None and self._area:
                # The first line break belongs to the tag, not to the text.
                texts = self._form.fields[self._area]
                texts[0] = texts[0].removeprefix("\n")
            self._area = ""
        elif tag == "select":
            self._select = ""

    def handle_data(self, text: str) -> None:
        if self._form is not None and self._area:
            self._form.fields[self._area][0] += text


def forms_of(text: str) -> list[PageForm]:
    """Return the forms of a page."""
    parser = _Forms()
    parser.feed(text)
    parser.close()
    return parser.found
