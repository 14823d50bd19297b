"""Run Neo4j's admin tool: the first password, imports."""

from __future__ import annotations

import os
import subprocess

from chainshock.errors import StoreUnavailable
from chainshock.server.home import Home, write_secret
from chainshock.server.install import fetch_jars, find_java

__all__ = ["JAVA_OPTIONS", "admin_command", "admin_environment", "set_password"]

ADMIN = "org.neo4j.server.startup.Neo4jAdminCommand"
JAVA_OPTIONS = (
    "-XX:+UseG1GC",
    "-XX:-OmitStackTraceInFastThrow",
    "-XX:+IgnoreUnrecognizedVMOptions",
    "-XX:+UnlockExperimentalVMOptions",
    "-XX:+TrustFinalNonStaticFields",
    "-XX:+DisableExplicitGC",
    "-Djdk.nio.maxCachedBufferSize=1024",
    "-Dio.netty.tryReflectionSetAccessible=true",
    "-Dlog4j2.disable.jmx=true",
    "-Dfile.encoding=UTF-8",
    *(
        f"--add-opens=java.base/{package}=ALL-UNNAMED"
        for package in ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")
    ),
)
ADMIN_OPTIONS = "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"  # a short run: starting quickly is all


def admin_command(*arguments: str) -> list[str]:
    """Give the command line of `neo4j-admin` with these arguments, to be run with `admin_environment`."""
    return [find_java(), "-cp", f"{fetch_jars()}/lib/*", "-Xmx1g", *JAVA_OPTIONS, ADMIN, *arguments]


def admin_environment(home: Home) -> dict[str, str]:
    """Give the environment in which `neo4j-admin` finds a home."""
    return {**os.environ, "NEO4J_HOME": str(home.path), "NEO4J_CONF": str(home.conf.parent)}


def set_password(home: Home, password: str) -> None:
    """Set the first password. It reaches the admin tool in a file, since anyone can read arguments."""
    arguments = home.path / "run" / "arguments"
    words = [
        *ADMIN_OPTIONS,
        "-cp",
        f'"{fetch_jars()}/lib/*"',
        ADMIN,
        "dbms",
        "set-initial-password",
        "--",
        password,
    ]
    write_secret(arguments, " ".join(words))
    try:
        done = subprocess.run(  # noqa: S603 - the user's own Java
            [find_java(), f"@{arguments}"],
            env=admin_environment(home),
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    finally:
        arguments.unlink(missing_ok=True)
    if done.returncode != 0:
        said = (done.stderr + done.stdout).replace(password, "...").strip().splitlines()
        found = said[0] if said else f"exit status {done.returncode}"
        raise StoreUnavailable(f"neo4j-admin: found {found:.300}, expected a password set in {home.path}")
