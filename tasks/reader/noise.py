"""Page furniture of web pages and scans: set aside with a reason, never silently.

Every rule looks at one whole line. Rules that would also fit a line of the plan itself (a date, a source) hold only
above the first numbered line or below the last one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tasks.reader.model import NoiseReading
from tasks.reader.page import Line, Page

_BUTTONS = (
    "复制下载|一键复制|复制全文|复制|下载全文|立即下载|免费下载|下载文档|下载|收藏本文|收藏|分享到?|点赞|打印本页|打印|"
    "关闭窗口|关闭本页|关闭|返回顶部|返回首页|返回列表|返回|阅读全文|展开全文|展开更多|展开|收起|查看全文|查看更多|"
    "点击加载更多|加载更多|点击查看更多|继续阅读|全文阅读|朗读|微信|微博|QQ空间|朋友圈|扫一扫|手机版|电脑版|登录|注册|我要纠错|纠错"
)
_PORTAL_LABELS = (
    "索引号|索引码|信息索引|主题分类|分类|发布机构|发文机关|发文单位|发布单位|成文日期|发文日期|发布日期|公开日期|生成日期|"
    "信息名称|信息分类|文件名称|名称|标题|文号|发文字号|主题词|关键词|内容概述|内容摘要|时效|时效性|有效性|效力状态|"
    "阅读次数|浏览次数|浏览量|访问量|点击数|点击量|点击率|阅读量|字号|字体|公开方式|公开范围|公开属性|公开类别|体裁分类|"
    "组配分类|服务对象|废止日期|生效日期|公文种类|信息来源|文章来源|稿源|责任编辑|编辑|审核|作者|供稿"
)
_DATE = r"(?:20\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?)(?:\s*\d{1,2}:\d{2}(?::\d{2})?)?"

_ANYWHERE = (
    ("button", rf"(?:[【\[(]?\s*(?:{_BUTTONS})\s*[】\])]?[\s|·/]*)+"),
    ("word_count", r"(?:全文|本文)?(?:共|约)?\s*字数[:\s]*\d+\s*字?|(?:全文|本文)共?约?\s*\d+\s*字"),
    (
        "paywall",
        r".*(?:剩余\s*\d+\s*%|(?:内容|全文).{0,6}(?:被锁|已锁定|隐藏)|开通会员|会员专享|付费后?(?:阅读|查看|下载)|"
        r"本文共\s*\d+\s*页|还剩\s*\d+\s*页|(?:登录|注册)后(?:阅读|查看|下载)|扫码(?:关注|阅读|下载)|VIP(?:专享|免费)).{0,40}",
    ),
    (
        "page_number",
        r"[-—–]+\s*\d{1,3}\s*[-—–]+|第\s*\d{1,3}\s*页(?:\s*[,/]?\s*共\s*\d{1,3}\s*页)?|\d{1,3}\s*/\s*\d{1,3}",
    ),
    (
        "navigation",
        r"(?:您?(?:当前|现在|所在)的?位置|当前位置)\s*[:：].*|首页\s*[>»›/].*|(?:上|下)一(?:篇|页|条)\s*[:：]?.{0,60}",
    ),
    (
        "copyright",
        r".*(?:版权所有|ICP备\s*\d|网站标识码|公网安备|Copyright|All Rights Reserved|主办单位:.{0,30}承办).*",
    ),
    ("image_caption", r"(?:图片|配图|插图|图)\s*\d*\s*(?:来源)?[:：]?.{0,10}(?:插图|配图|图片)"),
    ("table_rule", r"\|?(?:\s*:?-{3,}:?\s*\|?)+"),
    ("rule_line", r"[-=_*—─━~·.#\s]{3,}"),
)
_AT_THE_EDGE = (
    ("page_date", rf"(?:发布|更新|发文|录入|上传)?(?:时间|日期)\s*[::]\s*{_DATE}.{{0,40}}"),
    (
        "portal_meta",
        rf"(?:{_PORTAL_LABELS})\s*[::].*|【?(?:字体|字号)\s*[::].*|.{{0,30}}(?:浏览|阅读|点击)(?:次数|量|数)?\s*[::].{{0,20}}",
    ),
    ("site_meta", r"(?:来源|出处|转自|摘自)\s*[::].{0,40}"),
)
_COLOPHON = re.compile(r"(?:抄\s*送|抄\s*报|主\s*送|分\s*送)\s*:.*")
_PRINTED = re.compile(rf".{{2,40}}\s{_DATE}\s*印发|.{{2,30}}办公室\s*{_DATE}\s*印发")
_RELEASE = re.compile(r"\((?:此件|此文|本件)?.{0,4}(?:公开发布|主动公开|依申请公开|不予公开|公开)\)")

_COMPILED = [(reason, re.compile(pattern)) for reason, pattern in _ANYWHERE]
_COMPILED_EDGE = [(reason, re.compile(pattern)) for reason, pattern in _AT_THE_EDGE]
_LONGEST = 160  # furniture is short; a longer line is never thrown out by its form
_CAPTION_TAILS = ("插图", "配图", "图片", "封面", "题图", "效果图", "正文", "全文")


def find_noise(page: Page, first: int, last: int) -> list[NoiseReading]:
    """Return the lines that are page furniture by their own form.

    ``first`` and ``last`` are the offsets of the first and of the last numbered line: between them only rules that
    cannot fit a line of the plan apply.
    """
    found: list[NoiseReading] = []
    colophon = False
    for line in page.lines:
        edge = line.start < first or line.start > last
        reason = _reason(line, edge)
        if reason is None and edge and (colophon or _COLOPHON.fullmatch(line.text)) and line.start > last:
            reason = "colophon_cc"
        if reason is not None:
            found.append(_noise(page, line, reason))
        # a list of addressees runs on over lines until its full stop
        colophon = reason == "colophon_cc" and not line.text.endswith("。")
    return found


def _reason(line: Line, edge: bool) -> str | None:
    if len(line.text) > _LONGEST:
        return None
    for reason, pattern in _COMPILED:
        if pattern.fullmatch(line.text):
            return reason
    if not edge:
        return None
    for reason, pattern in _COMPILED_EDGE:
        if pattern.fullmatch(line.text):
            return reason
    if _PRINTED.fullmatch(line.text):
        return "colophon_printed"
    return "release_note" if _RELEASE.fullmatch(line.text) else None


def repeated_titles(page: Page, title: str, title_start: int, lines: Sequence[Line]) -> list[NoiseReading]:
    """Return lines that only repeat the title, bare or as a picture's caption."""
    if len(title) < 6:
        return []
    captions = {title + tail for tail in _CAPTION_TAILS}
    found = []
    for line in lines:
        compact = re.sub(r"\s", "", line.text)
        if compact in captions:
            found.append(_noise(page, line, "image_caption"))
        elif compact == title and line.start > title_start:
            found.append(_noise(page, line, "repeated_title"))
    return found


def site_names(page: Page, noise: Sequence[NoiseReading], lines: Sequence[Line], first: int) -> list[NoiseReading]:
    """Return short unpunctuated lines that stand between two pieces of furniture in the page's head."""
    furniture = {row.start for row in noise}
    found = []
    for before, line, after in zip(lines, lines[1:], lines[2:], strict=False):
        short = len(line.text) <= 10 and not re.search(r"[,。;:、\d()《]", line.text)
        if short and after.start < first and before.start in furniture and after.start in furniture:
            found.append(_noise(page, line, "site_name"))
    return found


def _noise(page: Page, line: Line, reason: str) -> NoiseReading:
    return NoiseReading(line.start, line.end, page.raw(line.start, line.end), reason)
