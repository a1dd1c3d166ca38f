"""App configuration of hazards."""

from django.apps import AppConfig


class HazardsConfig(AppConfig):
    """Hazards, major and general, from finding to closing."""

    name = "hazards"
    verbose_name = "隐患"

    def ready(self) -> None:
        """Fill the registries of core: who may see the photos, what waits for a person, the figures, panels."""
        from core.panels import enterprise_panels
        from core.queues import work_queues
        from core.registry import evidence_access
        from hazards.access import hazard_files, round_files
        from hazards.metrics import register_metrics
        from hazards.queues import hazard_queues
        from hazards.selectors import enterprise_panel

        evidence_access.register("hazards.hazard", hazard_files)
        evidence_access.register("hazards.rectification", round_files)
        enterprise_panels.register("hazards", enterprise_panel)
        work_queues.register("hazards", hazard_queues)
        register_metrics()
