"""The icons the screens use: one list, read by the `icon` tag and by script/vendor-static, which builds the sprite.

Names are those of the Tabler icon set (outline). To use another icon, add its name and run script/vendor-static.
"""

ICONS = frozenset(
    """
    adjustments alert-circle alert-triangle archive arrow-back-up arrow-down arrow-left arrow-right arrow-up
    arrows-sort bell bell-ringing book briefcase building building-bank building-community bulb calendar calendar-
    due calendar-stats camera chart-bar check checklist checks chevron-down chevron-left chevron-right chevron-up
    circle-check circle-x clipboard-check clipboard-list clipboard-text clock clock-pause clock-up copy corner-
    down-left dashboard device-floppy dots download edit external-link eye file file-alert file-certificate file-
    check file-description file-export file-import file-plus file-search file-spreadsheet file-text file-type-docx
    file-type-pdf filter filter-off flag folder gavel hand-stop help-circle hierarchy history home inbox info-
    circle key layout-dashboard link list list-check list-details list-numbers lock logout mail mail-forward mail-
    opened map-pin menu-2 message message-report minus notebook notification paperclip pencil phone photo pin
    player-pause plus printer question-mark refresh report report-analytics rotate scale search send settings
    shield-check shield-lock signature sitemap speakerphone stack-2 star switch-horizontal table target target-
    arrow template thumb-up timeline trash upload user user-check user-cog user-plus users users-group writing x
    zoom-check zoom-question
    """.split()  # noqa: SIM905 - a list of words reads better than 134 quoted lines
)
