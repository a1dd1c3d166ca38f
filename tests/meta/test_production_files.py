"""Dockerfile, docker-compose.yml, .env.example, nginx and systemd: their form, and what must hold of them.

There is no engine to try them on in the suite; what they start is tried by tests/safetyplan/test_production.py.
"""

import re
import shutil
import subprocess
import sys
from configparser import RawConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands

from safetyplan.celery import app as celery_app
from safetyplan.health import PARTS
from tests.production import COMPOSE
from tests.serving import ROOT

BIN = Path(sys.executable).parent
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {"migrate", "web", "worker", "beat"}
LASTING = sorted(set(SERVICES) - {"migrate"})
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE_TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
UNITS = [ROOT / "deploy" / "systemd" / f"safetyplan-{name}.service" for name in ("web", "worker", "beat")]
SECRETS = ("SECRET_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD")


# --- form, by the tools made for it ---


@pytest.mark.parametrize(
    "command",
    [
        ("hadolint", "Dockerfile"),
        ("yamllint", "--strict", "docker-compose.yml"),
        ("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"),
    ],
    ids=lambda command: command[0],
)
def test_the_form_is_right(command: tuple[str, ...]) -> None:
    done = subprocess.run([str(BIN / command[0]), *command[1:]], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


# --- compose ---


def test_two_web_processes_one_clock() -> None:
    assert SERVICES["web"]["deploy"]["replicas"] == 2
    # Compose refuses to start a second container of a fixed name.
    assert (SERVICES["beat"]["deploy"]["replicas"], "container_name" in SERVICES["beat"]) == (1, True)
    assert [name for name in OURS if "ports" in SERVICES[name]] == []
    assert list(SERVICES["proxy"]["ports"]) == ["${HTTP_PORT:-80}:80", "${HTTPS_PORT:-443}:443"]


@pytest.mark.parametrize("name", LASTING)
def test_a_service_that_lasts_is_watched_restarted_and_bounded(name: str) -> None:
    service = SERVICES[name]
    assert service["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")
    assert service["restart"] == "unless-stopped"
    assert service["logging"]["options"]["max-size"]
    assert service["deploy"]["resources"]["limits"]["memory"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("name", sorted(OURS - {"migrate"}))
def test_nothing_of_ours_starts_before_the_database_is_migrated(name: str) -> None:
    assert SERVICES[name]["depends_on"] == {
        "migrate": {"condition": "service_completed_successfully"},
        "database": {"condition": "service_healthy"},
        "redis": {"condition": "service_healthy"},
    }


def test_the_migration_runs_once_and_refuses_a_weak_configuration() -> None:
    service = SERVICES["migrate"]
    assert service["restart"] == "no"
    assert "check --deploy --fail-level WARNING && exec python manage.py migrate" in service["command"][-1]
    assert service["depends_on"] == {"database": {"condition": "service_healthy"}}


def test_processes_of_ours_share_image_settings_and_files() -> None:
    for name in OURS:
        assert SERVICES[name]["image"] == SERVICES["web"]["image"]
        assert SERVICES[name]["environment"] == SERVICES["web"]["environment"]
        assert SERVICES[name]["volumes"] == ["files:/var/lib/safetyplan"]
    assert set(COMPOSE["volumes"]) == {"database", "redis", "files"}
    assert "database:/var/lib/postgresql/data" in SERVICES["database"]["volumes"]
    assert "redis:/data" in SERVICES["redis"]["volumes"]
    assert "--appendonly yes" in SERVICES["redis"]["command"][-1]


def test_database_and_redis_are_reached_from_inside_only() -> None:
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    for name in ("database", "redis"):
        assert SERVICES[name]["networks"] == ["inside"]
        assert "ports" not in SERVICES[name]
    assert SERVICES["proxy"]["networks"] == ["outside"]


def test_secrets_come_from_the_environment_and_are_required() -> None:
    for name in SECRETS:
        places = re.findall(r"(?<!\$)\$\{" + name + r"([^}]*)\}", COMPOSE_TEXT)
        assert places, name
        assert set(places) == {":?see .env.example"}
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if re.search(r"KEY|PASSWORD|SECRET|_URL$", name) and value:
                assert "${" in str(value), name
    assert not re.search(r"(?im)^\s*(ENV|ARG)\s.*(KEY|PASSWORD|SECRET)", DOCKERFILE)


def words_of(service: str, key: str = "command") -> list[str]:
    value = SERVICES[service][key]
    return [str(word) for word in (value["test"][1:] if key == "healthcheck" else value)]


def test_commands_exist() -> None:
    commands = get_commands()
    for name in OURS:
        for words in (words_of(name), words_of(name, "healthcheck") if name != "migrate" else []):
            for found in re.findall(r"manage\.py (\S+)", " ".join(words)):
                assert found in commands, found
            for word in words:
                if word.startswith("deploy/"):
                    assert (ROOT / word).is_file(), word
            assert not words or words[0] == "sh" or " " in words[0] or (BIN / words[0]).exists(), words
    assert set(words_of("beat", "healthcheck")) & set(PARTS) == {"beat"}
    assert "--app=safetyplan" in words_of("worker")
    assert celery_app.main == "safetyplan"


# --- .env.example ---


def told_in_example() -> set[str]:
    return set(re.findall(r"(?m)^#?([A-Z][A-Z_]+)=", EXAMPLE))


def test_every_variable_of_compose_is_told_of() -> None:
    used = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", COMPOSE_TEXT))
    assert used - told_in_example() == set()
    required = set(re.findall(r"(?<!\$)\$\{([A-Z_]+):\?", COMPOSE_TEXT))
    assert required <= set(re.findall(r"(?m)^([A-Z_]+)=$", EXAMPLE)), "a required one has no value to copy"


def test_every_variable_of_the_settings_is_told_of_and_the_other_way() -> None:
    sources = [ROOT / "safetyplan" / "settings.py", ROOT / "deploy" / "gunicorn.conf.py"]
    text = "".join(path.read_text(encoding="utf-8") for path in sources)
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', text))
    assert {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "WEB_WORKERS"} <= read
    # For programmers at their own machine.
    assert read - told_in_example() == {"DEBUG", "LOG_REQUESTS"}
    used = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", COMPOSE_TEXT))
    assert told_in_example() - read - used == set()
    # What compose gives on is what the settings read.
    own = {"POSTGRES_PASSWORD", "REDIS_PASSWORD"}
    assert set(SERVICES["web"]["environment"]) - read - own == set()


def test_the_example_holds_no_secret() -> None:
    for name in SECRETS:
        assert re.search(rf"(?m)^{name}=$", EXAMPLE)
    explained = True
    for line in EXAMPLE.splitlines():
        if re.match(r"#?[A-Z_]+=", line):
            assert explained, f"{line}: nothing said about it"
        else:
            explained = bool(line.strip())


# --- the image ---


def test_the_image_runs_as_nobody_in_particular() -> None:
    final = DOCKERFILE.rpartition("\nFROM ")[2]
    user = re.search(r"(?m)^USER (\d+):(\d+)$", final)
    assert user
    assert int(user[1]) >= 1000
    assert final.index("USER") < final.index("CMD")
    assert 'ENTRYPOINT ["/usr/bin/tini", "--"]' in final
    assert "/healthz" in final
    command = re.search(r"(?m)^CMD \[(.*)\]$", final)
    assert command
    assert [word.strip('" ') for word in command[1].split(",")] == words_of("web")


def test_the_image_installs_what_the_setup_script_installs() -> None:
    setup = (ROOT / "script" / "setup").read_text(encoding="utf-8")
    running = setup.partition("missing_for_running() {")[2].partition("}\n")[0]
    for package in re.findall(r"printf '([\w.-]+) '", running):
        assert package in DOCKERFILE, package
    for words in ("--require-hashes", "texlive-lang-chinese", "npm ci --ignore-scripts", "script/vendor-static"):
        assert words in setup
        assert words in DOCKERFILE


def kept_by_dockerignore(path: str) -> bool:
    """Tell whether a path gets into the build, as far as this file's rules go: the last one that fits counts."""
    kept = True
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        rule = line.strip().removeprefix("!")
        if not rule or rule.startswith("#"):
            continue
        top = path.split("/")[0]
        if rule in ("*", top) or path == rule or path.startswith(f"{rule}/"):
            kept = line.startswith("!")
    return kept


def test_the_build_gets_the_code_and_nothing_of_an_installation() -> None:
    apps = {app.partition(".")[0] for app in settings.INSTALLED_APPS}
    apps = {app for app in apps if (ROOT / app).is_dir()}
    needed = [
        *apps,
        *(str(Path(folder).relative_to(ROOT)) for folder in settings.LOCALE_PATHS),
        "templates",
        "static/css",
        "fixtures",
        "deploy",
        "script/vendor-static",
        "manage.py",
        "core/icons.py",
    ]
    assert [path for path in needed if not kept_by_dockerignore(path)] == []
    assert len(apps) > 10
    for path in (
        ".env",
        ".git/config",
        "var/db.sqlite3",
        ".venv/bin/python",
        "node_modules/a",
        "static/vendor/a",
        "tests",
    ):
        assert not kept_by_dockerignore(path), path


# --- systemd ---


def unit(path: Path) -> RawConfigParser:
    parser = RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(path, encoding="utf-8")
    return parser


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_units_are_kept_alive_unprivileged_and_start_what_compose_starts(path: Path) -> None:
    found = unit(path)
    service = found["Service"]
    assert (service["User"], service["Group"]) == ("safetyplan", "safetyplan")
    assert service["EnvironmentFile"] == "/etc/safetyplan/env"
    assert service["Restart"] == "always"
    assert service["ProtectSystem"] == "strict"
    assert (service["NoNewPrivileges"], service["CapabilityBoundingSet"], service["PrivateTmp"]) == ("yes", "", "yes")
    for other in ("postgresql.service", "redis-server.service"):
        assert other in found["Unit"]["After"]
        assert other in found["Unit"]["Wants"]
    program, *words = service["ExecStart"].removeprefix("/opt/safetyplan/.venv/bin/").split()
    in_compose = [word.replace("0.0.0.0:8000", "127.0.0.1:8000") for word in words_of(path.stem.rpartition("-")[2])]
    assert [program, *words] == in_compose


def test_the_target_takes_all_of_them() -> None:
    target = unit(ROOT / "deploy" / "systemd" / "safetyplan.target")
    assert set(target["Unit"]["Wants"].split()) == {path.name for path in UNITS}


def test_systemd_takes_the_units_where_it_is_at_hand(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        return  # The form was looked at above.
    for path in (ROOT / "deploy" / "systemd").iterdir():
        text = re.sub(r"(?m)^(ExecStart=)/opt/\S+", r"\1/bin/true", path.read_text(encoding="utf-8"))
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        [program, "verify", *map(str, sorted(tmp_path.iterdir()))], capture_output=True, text=True, check=False
    )
    ours = [line for line in done.stderr.splitlines() if "safetyplan" in line]
    assert (done.returncode, ours) == (0, []), done.stderr


# --- what people read ---


def test_the_manual_names_what_there_is() -> None:
    text = (ROOT / "docs" / "部署.md").read_text(encoding="utf-8")
    commands = get_commands()
    for found in set(re.findall(r"manage\.py (\w+)", text)):
        assert found in commands, found
    for found in set(re.findall(r"(?:/opt/safetyplan/|\./)?((?:deploy|script)/[\w./-]*\w)", text)):
        assert (ROOT / found).exists(), found
    for found in set(re.findall(r"docker compose (?:exec|run)(?: -\S+| --\S+)* (\w+)", text)):
        assert found in SERVICES, found
    assert yaml.safe_load(COMPOSE_TEXT)["name"] == "safetyplan"
