"""The icons the screens use: one list, read by the `icon` tag and by script/vendor-static, which builds the sprite.

Names are those of the Tabler icon set (outline). To use another icon, add its name and run script/vendor-static.
"""

ICONS = frozenset(
    """
    adjustments alarm alert-circle alert-triangle archive arrow-back-up arrow-down arrow-left arrow-right arrow-up
    arrows-exchange arrows-sort ban bell bell-ringing book briefcase building building-bank building-community bulb
    calendar calendar-due calendar-event calendar-stats calendar-time camera chart-bar check checklist checks
    chevron-down chevron-left chevron-right chevron-up circle-check circle-dot circle-x clipboard-check
    clipboard-list clipboard-text clock clock-pause clock-up copy corner-down-left dashboard device-floppy dots
    download edit external-link eye eye-off file file-alert file-certificate file-check file-description file-export
    file-import file-plus file-search file-spreadsheet file-text file-type-docx file-type-pdf filter filter-off flag
    folder gavel git-compare hand-click hand-stop help-circle hierarchy history home hourglass inbox info-circle key
    layout-dashboard link list list-check list-details list-numbers lock logout mail mail-forward mail-opened map
    map-pin menu-2 message message-2 message-report minus note notebook notification paperclip pencil phone photo
    pin player-pause plus printer question-mark refresh report report-analytics rotate rubber-stamp scale search
    send settings shield-check shield-lock signature sitemap speakerphone square-check stack-2 star
    switch-horizontal table tag tags target target-arrow template thumb-down thumb-up timeline traffic-lights trash
    upload user user-check user-cog user-plus user-question users users-group writing x zoom-check zoom-question
    """.split()  # noqa: SIM905 - a list of words reads better than quoted lines
)
