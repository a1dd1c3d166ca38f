"""Evidence of the demonstration: small real PDF and PNG files that say they are made up."""

import io
import textwrap

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFont

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
FONTS = ("NotoSansCJK-Regular.ttc", "NotoSerifCJK-Regular.ttc", "wqy-microhei.ttc")


def _font(size: int) -> Font:
    for name in FONTS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)


BIG, SMALL = _font(30), _font(18)


def make_evidence(name: str, caption: str, unit: str, day: str) -> SimpleUploadedFile:
    """Return an upload showing caption, unit and date; a PDF or PNG by the ending of `name`."""
    pdf = name.lower().endswith(".pdf")
    picture = Image.new("RGB", (620, 877) if pdf else (720, 480), "white" if pdf else "#dfe8f2")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, picture.width, 12), fill="#0b57a8")
    if not pdf:
        draw.polygon([(0, 480), (220, 210), (420, 480)], fill="#b7c9b0")
        draw.polygon([(260, 480), (520, 170), (720, 480)], fill="#9db894")
    for index, line in enumerate(textwrap.wrap(caption, 18 if pdf else 21)[:4]):
        draw.text((48, 60 + index * 42), line, fill="#1c2733", font=BIG)
    draw.text((48, 250), f"{unit}    {day}", fill="#3a4856", font=SMALL)
    draw.text((48, picture.height - 48), "演示材料，内容虚构", fill="#566372", font=SMALL)
    out = io.BytesIO()
    picture.save(out, "PDF" if pdf else "PNG", **({"resolution": 72} if pdf else {"compress_level": 1}))
    return SimpleUploadedFile(name, out.getvalue())
