"""Every setting of the server: name, type, default and help in one table. Wrong values fail at start, loudly.

A setting comes from the environment (`GOLDLOOP_PORT=8800`) or from `key: value` lines of `settings.yaml` in the data
folder; the environment wins. Secrets are never printed.
"""

import json
import os
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from goldloop.core.errors import Invalid
from goldloop.core.groups import Group
from goldloop.core.networks import network
from goldloop.core.place import Place

PREFIX = "GOLDLOOP_"
NO_SETTINGS = tuple(f"{PREFIX}{name}" for name in ("URL", "TOKEN", "MODEL_", "DATA", "FULL"))
"""What else the environment tells: the client, the keys of models, and this project's own tests."""


ISSUER = r"^$|^https://[^\s?#]+$|^http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(/[^\s?#]*)?$"
"""Signing in by a line that others read or change would be none: only this machine may do without TLS."""


def _json(value: object) -> object:
    """What a setting of several parts says: one line of JSON."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value or "{}")
    except json.JSONDecodeError as error:
        raise ValueError("one line of JSON") from error


class Settings(BaseModel):
    """The table."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    home: Path = Field(default=Path("goldloop-data"), description="data folder: database, blobs, keys, logs")
    database: str = Field(default="", description="SQLAlchemy URL; empty means SQLite in the data folder")
    blobs: str = Field(default="", description="s3://bucket/prefix for an S3-compatible store; empty means a folder")
    blob_endpoint: str = Field(default="", description="endpoint URL of the S3-compatible store")
    blob_access_key: SecretStr = Field(default=SecretStr(""), description="access key of the S3-compatible store")
    blob_secret_key: SecretStr = Field(default=SecretStr(""), description="secret key of the S3-compatible store")
    host: str = Field(default="127.0.0.1", description="address to listen on; anything but loopback is your decision")
    port: int = Field(default=8800, ge=0, le=65535, description="port to listen on; 0 takes a free one")
    public_url: str = Field(
        default="", description="address people type, where a proxy stands in front; sets Secure cookies"
    )
    trusted_proxies: str = Field(
        default="",
        description="comma-separated networks of the proxies in front, whose X-Forwarded-For is believed; empty: none",
    )
    jobs: Literal["child", "thread", "external"] = Field(
        default="child",
        description="who runs jobs: a child process on demand, a thread, or `goldloop job run` elsewhere",
    )
    lease_seconds: float = Field(
        default=600, ge=1, le=86400, description="how long handed-out work is held without a heartbeat"
    )
    prefetch: int = Field(default=4, ge=1, le=10, description="how many works a person holds at once")
    bulk: int = Field(
        default=48, ge=1, le=100, description="how many suggestions a person holds to verify them on one screen"
    )
    session_days: float = Field(default=14, gt=0, le=365, description="how long a sign-in lasts")
    sign_in_attempts: int = Field(
        default=10, ge=3, le=1000, description="failed sign-ins of a name from one address in 15 minutes"
    )
    upload_mb: int = Field(default=4096, ge=1, description="largest upload, in MiB")
    line_mb: int = Field(default=8, ge=1, le=1024, description="longest line of an imported file, in MiB")
    allow_private_urls: bool = Field(
        default=False, description="let judges and webhooks call loopback and private addresses"
    )
    allow_entry_points: str = Field(default="", description="comma-separated Python entry points that judges may call")
    allow_kinds: str = Field(default="", description="comma-separated installed plug-ins whose kinds are loaded")
    oidc_issuer: str = Field(
        default="", pattern=ISSUER, description="issuer URL of your identity provider; empty: no single sign-on"
    )
    oidc_client_id: str = Field(default="", description="client id that the provider knows this server by")
    oidc_client_secret: SecretStr = Field(default=SecretStr(""), description="secret of that client, if it has one")
    oidc_label: str = Field(default="single sign-on", max_length=60, description="what its button says")
    oidc_scopes: str = Field(default="openid profile email", description="what is asked of the provider")
    oidc_groups_claim: str = Field(default="groups", description="the claim that lists a person's groups")
    oidc_groups: Annotated[dict[str, Group], BeforeValidator(_json)] = Field(
        default={}, description='JSON: {"GROUP": {"organisation": NAME, "seats": [{"programme", "role", "tiers"}]}}'
    )
    oidc_new_people: bool = Field(
        default=False, description="whoever has a mapped group with an organisation gets an account at first sign-in"
    )
    places: Annotated[dict[str, Place], BeforeValidator(_json)] = Field(
        default={}, description='JSON: {"NAME": {"to": "/folder or s3://bucket/prefix", "programmes": [NAME]}}'
    )
    disk_free_mb: int = Field(default=200, ge=0, description="imports stop cleanly when less disk than this is left")

    @model_validator(mode="after")
    def _knows_its_client(self) -> "Settings":
        if self.oidc_issuer and not self.oidc_client_id:
            raise ValueError("oidc_issuer needs oidc_client_id")
        return self

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        for one in value.split(","):
            if one.strip():
                network(one.strip())
        return value

    @cached_property
    def proxies(self) -> tuple[str, ...]:
        """The networks of the trusted proxies."""
        return tuple(one.strip() for one in self.trusted_proxies.split(",") if one.strip())

    @property
    def secure(self) -> bool:
        """True where browsers come over TLS."""
        return self.public_url.startswith("https://")

    @property
    def database_url(self) -> str:
        """The SQLAlchemy URL in force."""
        return self.database or f"sqlite:///{(self.home / 'goldloop.db').resolve()}"


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings in force. Raises Invalid naming the setting, what was expected and what was found."""
    env = os.environ if environment is None else environment
    values: dict[str, str] = {}
    home = Path(env.get(f"{PREFIX}HOME", "goldloop-data"))
    source = home / "settings.yaml"
    if source.is_file():
        for number, line in enumerate(source.read_text().splitlines(), 1):
            if line.strip() and not line.lstrip().startswith("#"):
                key, colon, value = line.partition(":")
                if not colon:
                    raise Invalid(
                        "a setting is `key: value`", field=f"{source.name}:{number}", expected="a colon", found=line
                    )
                values[key.strip()] = value.strip()
    values |= _of_environment(env)
    values["home"] = str(home)
    return _checked(values)


def changed(settings: Settings, **given: object) -> Settings:
    """Settings with some of them given anew. Raises Invalid as `read_settings` does."""
    return _checked({**settings.model_dump(), **given})


def _of_environment(env: Mapping[str, str]) -> dict[str, str]:
    known = {f"{PREFIX}{name.upper()}": name for name in Settings.model_fields}
    for key in env:
        if key.startswith(PREFIX) and key not in known and not key.startswith(NO_SETTINGS):
            near = get_close_matches(key, known, n=1)
            raise Invalid("there is no such setting", field=key, expected=near[0] if near else "a setting of the table")
    return {known[key]: value for key, value in env.items() if key in known}


def _checked(values: Mapping[str, object]) -> Settings:
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "oidc_client_id"
        raise Invalid(
            "this setting cannot be used",
            field=PREFIX + name.upper(),
            expected=first["msg"],
            found="(hidden)" if name.endswith(("_key", "_secret")) else str(values.get(name, "")),
        ) from error
