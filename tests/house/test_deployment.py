"""Image, compose file and manifests: pinned, without rights they do not need, and of commands that exist."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from polku.cli import polku
from polku.home import load_toml
from polku.schemas.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
SERVE = ROOT / "serve"
MANIFESTS = sorted(path for path in (SERVE / "kubernetes").glob("*.yaml") if path.name != "kustomization.yaml")
NEVER = re.compile(r"(?i)(password|secret|token|key)\s*[=:]\s*['\"]?[A-Za-z0-9+/_-]{6,}")
PINNED = re.compile(r"[a-z0-9./-]+:(?!latest)[0-9]+\.[0-9]+[a-z0-9.-]*(@sha256:[0-9a-f]{64})?")


def instructions() -> list[tuple[str, str]]:
    """Return the Dockerfile's instructions, continuation lines joined."""
    lines = [
        line for line in (SERVE / "Dockerfile").read_text(encoding="utf-8").splitlines() if not line.startswith("#")
    ]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [(line.split()[0], line.split(None, 1)[1]) for line in joined.splitlines() if line.strip()]


def of(kind: str) -> list[str]:
    return [rest for name, rest in instructions() if name == kind]


def test_the_bases_of_the_image_are_pinned_and_one() -> None:
    bases = {base.split()[0] for base in of("FROM")}
    assert len(of("FROM")) == 2
    assert len(bases) == 1
    assert all(PINNED.fullmatch(base) for base in bases)


def test_the_image_runs_as_nobody_special_and_says_how_it_is() -> None:
    order = [name for name, _ in instructions()]
    assert of("USER") == ["10001:10001"]
    assert order.index("USER") < order.index("CMD")
    assert not {"RUN", "COPY"} & set(order[order.index("USER") :])
    assert len(of("HEALTHCHECK")) == 1
    assert "/readyz" in of("HEALTHCHECK")[0]
    assert all(rest.startswith("[") for rest in of("CMD")), "a shell in between would keep SIGTERM for itself"


def test_nothing_comes_into_the_image_from_an_address_or_unchecked() -> None:
    assert not of("ADD")
    assert not [rest for rest in of("RUN") if re.search(r"\b(curl|wget|git clone)\b|https?://", rest)]
    for install in re.findall(r"pip install ([^&]*)", " ".join(of("RUN"))):
        assert "--require-hashes" in install or {"--no-deps", "--no-index"} <= set(install.split())
    sources = [word for rest in of("COPY") if "--from" not in rest for word in rest.split()[:-1]]
    assert all((ROOT / source).exists() for source in sources)
    assert "." not in sources


def test_nothing_secret_is_in_the_image() -> None:
    assert not of("ARG")
    assert not [rest for rest in of("ENV") if NEVER.search(rest)]
    kept = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert kept[1] == "*"
    assert {"serve/.env", "serve/providers"} <= set(kept)


def compose() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((SERVE / "compose.yaml").read_text(encoding="utf-8"))
    return document


def test_compose_holds_together() -> None:
    document = compose()
    services = document["services"]
    assert set(services) == {"postgres", "polku", "webhooks", "mlflow", "proxy", "job", "backup"}
    for name, service in services.items():
        assert PINNED.fullmatch(service["image"]), name
        assert service["restart"]
        assert "healthcheck" in service or service["image"].startswith("polku"), "the image brings its own"
        assert set(service["networks"]) <= set(document["networks"])
        assert "privileged" not in service
        assert set(service.get("depends_on", {})) <= set(services)
    assert [name for name, one in services.items() if "ports" in one] == ["proxy"]
    assert [name for name, one in services.items() if "outside" in one["networks"]] == ["webhooks", "proxy"]
    assert all(document["networks"][name]["internal"] for name in ("inside", "front"))


def test_what_compose_mounts_is_there() -> None:
    made_by_hand = {"./keys.json", "./webhook-keys.json"}
    for service in compose()["services"].values():
        for mount in service.get("volumes", []):
            source = mount.split(":")[0]
            if source.startswith("./") and source not in made_by_hand:
                assert (SERVE / source).exists(), source
            else:
                assert source in made_by_hand or source in compose()["volumes"]


def test_passwords_come_from_a_file_that_is_not_kept() -> None:
    text = (SERVE / "compose.yaml").read_text(encoding="utf-8")
    asked = set(re.findall(r"\$\{(\w+)(?::\?[^}]*)?\}", text))
    example = (SERVE / ".env.example").read_text(encoding="utf-8")
    offered = dict(re.findall(r"(?m)^(\w+)=(.*)$", example))
    assert asked == set(offered)
    assert not [name for name, value in offered.items() if "PASSWORD" in name and value]
    assert not [name for name in re.findall(r"\$\{(\w+)\}", text) if name], "one that is missing must stop it"


def test_the_proxy_is_the_one_that_the_settings_trust() -> None:
    settings = load_toml(SERVE / "settings.production.toml", Settings)
    assert settings.production
    assert settings.access.sign_in == "oidc"
    proxy = compose()["services"]["proxy"]["networks"]["front"]["ipv4_address"]
    assert settings.service.trusted_proxies == (proxy,)
    assert settings.service.log == "json"
    grace = compose()["services"]["polku"]["stop_grace_period"]
    assert settings.service.drain_seconds + settings.service.stop_seconds < int(grace.removesuffix("s"))
    caddy = (SERVE / "Caddyfile").read_text(encoding="utf-8")
    assert "read_header" in caddy
    assert "read_body" in caddy
    assert "/metrics" in caddy


def manifests() -> Iterator[dict[str, Any]]:
    for path in MANIFESTS:
        yield from yaml.safe_load_all(path.read_text(encoding="utf-8"))


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    for one in manifests():
        if one["kind"] == "Deployment":
            yield one["metadata"]["name"], one["spec"]["template"]["spec"]
        elif one["kind"] == "CronJob":
            yield one["metadata"]["name"], one["spec"]["jobTemplate"]["spec"]["template"]["spec"]


def test_the_manifests_are_those_that_are_needed() -> None:
    named = yaml.safe_load((SERVE / "kubernetes" / "kustomization.yaml").read_text(encoding="utf-8"))["resources"]
    assert sorted(named) == [path.name for path in MANIFESTS]
    kinds = [one["kind"] for one in manifests()]
    assert {"Deployment", "Service", "PodDisruptionBudget", "CronJob", "NetworkPolicy"} <= set(kinds)
    jobs = {name for name, _ in pods()} - {"polku"}
    assert jobs == {"polku-seal", "polku-expire", "polku-backup", "polku-webhooks"}
    assert "Secret" not in kinds, "secrets are made by hand"


@pytest.mark.parametrize(("name", "pod"), list(pods()), ids=[name for name, _ in pods()])
def test_a_pod_may_do_nothing_that_it_does_not_need(name: str, pod: dict[str, Any]) -> None:
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in pod["containers"]:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }, name
        assert container["resources"]["limits"].keys() >= {"cpu", "memory"}
        mounted = {mount["name"] for mount in container["volumeMounts"]}
        assert mounted == {volume["name"] for volume in pod["volumes"]}


def test_what_runs_by_the_clock_does_it_and_for_every_provider() -> None:
    """Without `--now` an expiry says its terms and deletes nothing; without `--all` it is one provider's."""
    args = {name: pod["containers"][0]["args"] for name, pod in pods()}
    assert args["polku-expire"][1:] == ["rights", "expire", "--now", "--all"]
    assert args["polku-seal"][1:] == ["log", "seal", "--all"]
    assert args["polku-webhooks"][1:] == compose()["services"]["webhooks"]["command"][1:]
    assert args["polku-webhooks"][1:] == ["webhooks", "deliver", "--all"]


def test_a_backup_is_made_as_the_role_that_sees_everything_and_under_a_name_of_its_day() -> None:
    """As the service's own role it would be refused; under one name for ever, the second would."""
    made = compose()["services"]["backup"]
    assert made["environment"]["POLKU_STORE"].startswith("postgresql://polku_backup:")
    assert "POLKU_STORE_OWNER" not in made["environment"]
    (words,) = [pod["containers"][0]["args"] for name, pod in pods() if name == "polku-backup"]
    assert [word.replace("$$", "$") for word in made["command"]] == words
    (named,) = [one["valueFrom"]["secretKeyRef"] for one in dict(pods())["polku-backup"]["containers"][0]["env"]]
    assert named == {"name": "polku-store", "key": "backup"}


def test_mlflow_answers_the_name_that_it_is_called_by_and_runs_no_jobs() -> None:
    """By itself it answers nobody but this machine, and its runners of jobs take more than the container may have."""
    made = compose()["services"]["mlflow"]
    allowed = made["command"][made["command"].index("--allowed-hosts") + 1].split(",")
    assert {"mlflow:5000", "127.0.0.1:5000"} <= set(allowed)
    assert "*" not in allowed
    assert made["environment"]["MLFLOW_SERVER_ENABLE_JOB_EXECUTION"] == "false"
    assert made["init"] is True


def test_only_what_sends_events_goes_outside_and_not_into_a_network_of_ours() -> None:
    policies = {one["metadata"]["name"]: one["spec"] for one in manifests() if one["kind"] == "NetworkPolicy"}
    blocks = {
        name: [one for rule in spec["egress"] for one in rule["to"] if "ipBlock" in one]
        for name, spec in policies.items()
    }
    assert {name for name, found in blocks.items() if found} == {"polku-webhooks"}
    (out,) = blocks["polku-webhooks"]
    inner = [ipaddress.ip_network(one) for one in out["ipBlock"]["except"]]
    for address in ("10.1.2.3", "172.31.0.1", "192.168.1.1", "169.254.169.254", "127.0.0.1"):
        assert any(ipaddress.ip_address(address) in network for network in inner), address
    assert policies["polku-webhooks"]["ingress"] == []


def test_the_keys_of_webhooks_stand_where_the_settings_say() -> None:
    settings = load_toml(SERVE / "settings.production.toml", Settings)
    where = f"/polku/serve/{settings.webhooks.keys}"
    for name in ("polku", "polku-webhooks"):
        (container,) = dict(pods())[name]["containers"]
        (volume,) = [one["name"] for one in container["volumeMounts"] if one["mountPath"] == where]
        assert "secret" in {one["name"]: one for one in dict(pods())[name]["volumes"]}[volume]
    for name in ("polku", "webhooks"):
        assert f"./{settings.webhooks.keys}:{where}:ro" in compose()["services"][name]["volumes"]
    assert f"serve/{settings.webhooks.keys}" in (ROOT / ".gitignore").read_text(encoding="utf-8")
    assert f"serve/{settings.webhooks.keys}" in (ROOT / ".dockerignore").read_text(encoding="utf-8")


def test_the_probes_ask_what_they_are_for() -> None:
    (container,) = dict(pods())["polku"]["containers"]
    asked = {probe: container[f"{probe}Probe"]["httpGet"] for probe in ("startup", "readiness", "liveness")}
    assert {probe: one["path"] for probe, one in asked.items()} == {
        "startup": "/readyz",
        "readiness": "/readyz",
        "liveness": "/healthz",
    }
    assert all(one["httpHeaders"] == [{"name": "Host", "value": "localhost"}] for one in asked.values())
    settings = load_toml(SERVE / "settings.production.toml", Settings).service
    grace = dict(pods())["polku"]["terminationGracePeriodSeconds"]
    assert settings.drain_seconds + settings.stop_seconds < grace


def test_selectors_meet_labels() -> None:
    labels = [one["spec"]["template"]["metadata"]["labels"] for one in manifests() if one["kind"] == "Deployment"]
    labels += [
        one["spec"]["jobTemplate"]["spec"]["template"]["metadata"]["labels"]
        for one in manifests()
        if one["kind"] == "CronJob"
    ]
    for one in manifests():
        if one["kind"] in {"NetworkPolicy", "PodDisruptionBudget"}:
            selector = one["spec"].get("podSelector") or one["spec"]["selector"]
            assert selector["matchLabels"] in labels
        if one["kind"] == "Service":
            assert one["spec"]["selector"] in labels


def commands() -> Iterator[list[str]]:
    """Yield every command of ours that image, compose file, manifests and runbook name."""
    runbook = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
    texts = [path.read_text(encoding="utf-8") for path in (SERVE / "compose.yaml", *MANIFESTS)]
    texts += [rest[0] for name, *rest in instructions() if name == "CMD" or "useradd" not in rest[0]]
    texts.append("\n".join(re.findall(r"(?s)```sh\n(.*?)```", runbook)))
    for text in texts:
        plain = re.sub(r"[\"\[\],]+", " ", text)
        for found in re.finditer(
            r"(?m)(?<![\w./:-])(?<!group )(?<!--gid 10001 )(?<!--gid polku )polku "
            r"((?:[a-z-]+ ?)+)((?: *--[a-z-]+(?: [^ \n-][^ \n]*)?)*)",
            plain,
        ):
            yield [*found[1].split(), *re.findall(r"--[a-z-]+", found[2])]


def test_every_command_that_is_named_exists() -> None:
    named = list(commands())
    assert {"serve", "warm", "check", "backup"} <= {words[0] for words in named}
    missing = []
    for words in named:
        at: click.Command | None = polku
        for word in words:
            if word.startswith("--"):
                known = {option for one in (at.params if at else []) for option in one.opts}
                missing += [" ".join(words)] * (word not in known)
            elif isinstance(at, click.Group):
                at = at.get_command(click.Context(at), word) if word in at.list_commands(click.Context(at)) else None
                missing += [" ".join(words)] * (at is None)
    assert not missing
