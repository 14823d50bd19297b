"""Find Java, and let Maven fetch the server: once per version, whole or not at all."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import platformdirs

from chainshock.errors import StoreUnavailable
from chainshock.server.home import exclusive

__all__ = ["OLDEST_JAVA", "fetch_jars", "find_java"]

OLDEST_JAVA = 17
JAVA_PACKAGE = "openjdk-17-jre-headless, or another Java 17 or later (Debian, Ubuntu: apt install it)"
MAVEN_PACKAGE = "maven (Debian, Ubuntu: apt install maven)"
ENTRY = "neo4j-5*.jar", "neo4j-server-5*.jar", "neo4j-browser-5*.jar"

Say = Callable[[str], None]


def find_java() -> str:
    """Give the path of a Java that can run the server: that of JAVA_HOME, else the first on the path.

    Raises
    ------
    StoreUnavailable
        There is none, or it is too old.
    """
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=str(Path(home) / "bin")) if home else None
    found = found or shutil.which("java")
    if found is None:
        raise StoreUnavailable(f"java: found none, expected Java {OLDEST_JAVA} or later: {JAVA_PACKAGE}")
    run = subprocess.run(  # noqa: S603 - the user's own Java
        [found, "-version"], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    version = re.search(r'version "(?:1\.)?([0-9]+)', run.stderr + run.stdout)
    if version is None or int(version[1]) < OLDEST_JAVA:
        text = "no version" if version is None else f"Java {version[1]}"
        raise StoreUnavailable(f"{found}: found {text}, expected {OLDEST_JAVA} or later: {JAVA_PACKAGE}")
    return found


def fetch_jars(say: Say = lambda text: None) -> Path:
    """Give the folder of the server's files, which Maven fetches on the first call.

    What Maven has fetched before an interruption stays in its own cache, so the next call goes on there.

    Raises
    ------
    StoreUnavailable
        Maven is missing, cannot reach its registry, or the folder cannot be written.
    """
    pom = resources.files(__package__).joinpath("pom.xml").read_text("utf-8")
    version = re.search(r"<artifactId>neo4j</artifactId><version>([^<]+)", pom)
    edition = "unknown" if version is None else version[1]
    folder = Path(platformdirs.user_data_dir("chainshock")) / f"neo4j-community-{edition}"
    if folder.is_dir():
        return folder
    with exclusive(folder.with_name(f".{folder.name}.lock")):
        if not folder.is_dir():
            _fetch(pom, folder, say)
    return folder


def _fetch(pom: str, folder: Path, say: Say) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise StoreUnavailable(f"mvn: found none, expected Maven, which fetches Neo4j: {MAVEN_PACKAGE}")
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        part.mkdir(parents=True)
        (part / "pom.xml").write_text(pom, "utf-8")
        _run_maven(maven, part, say)
        missing = [name for name in ENTRY if not list((part / "lib").glob(name))]
        if missing:
            raise StoreUnavailable(f"mvn: found no {', '.join(missing)} after its run, expected all of Neo4j")
        part.rename(folder)
    except OSError as exc:
        raise StoreUnavailable(
            f"{part.parent}: found {exc.strerror}, expected a folder that can be written"
        ) from exc
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _run_maven(maven: str, part: Path, say: Say) -> None:
    command = [maven, "-B", "-f", str(part / "pom.xml"), "dependency:copy-dependencies"]
    command += ["-DincludeScope=runtime", f"-DoutputDirectory={part / 'lib'}"]
    lines, count = [], 0
    with subprocess.Popen(  # noqa: S603 - the user's own Maven
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as child:
        try:
            for line in child.stdout or ():
                if line.startswith("Downloaded") or "Copying " in line:
                    count += 1
                    say(f"fetching Neo4j: {count} files")
                elif "ERROR" in line:
                    lines.append(line.strip())
            status = child.wait()
        except BaseException:
            child.terminate()
            raise
    if status != 0:
        reason = lines[0].removeprefix("[ERROR]").strip() if lines else f"exit status {status}"
        raise StoreUnavailable(
            f"mvn: found {reason:.300}; expected Neo4j from Maven Central; run it again: it goes on from here"
        )
