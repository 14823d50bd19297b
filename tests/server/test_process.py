"""A server of one's own: found, verified, refused in clear words."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys

import pytest

from chainshock.errors import StoreUnavailable
from chainshock.server import install, process
from chainshock.server.connection import Connection, find_connection
from chainshock.server.home import Home, Ports
from tests.cli.worlds import invoke


@pytest.fixture
def home(tmp_path):
    found = Home.at(tmp_path / "neo4j")
    found.prepare()
    return found


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch, tmp_path):
    for name in ("NEO4J_URI", "NEO4J_USER", "NEO4J_PASSWORD"):
        monkeypatch.delenv(name, raising=False)


def empty_path(monkeypatch, tmp_path, *programs):
    """Leave no programs but these on the path."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, text in programs:
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


JAVA_17 = ("java", "echo 'openjdk version \"17.0.1\"' >&2")


def test_machine_without_java_is_told_the_package(monkeypatch, tmp_path):
    empty_path(monkeypatch, tmp_path)
    result = invoke("neo4j", "up", "--data", tmp_path / "home")
    assert result.exit_code == 1
    assert "java: found none, expected Java 17 or later: openjdk-17-jre-headless" in result.stderr


def test_java_that_is_too_old_is_refused(monkeypatch, tmp_path):
    empty_path(monkeypatch, tmp_path, ("java", "echo 'java version \"1.8.0_392\"' >&2"))
    result = invoke("neo4j", "up", "--data", tmp_path / "home")
    assert result.exit_code == 1
    assert "found Java 8, expected 17 or later" in result.stderr


def test_machine_without_maven_is_told_the_package(monkeypatch, tmp_path):
    empty_path(monkeypatch, tmp_path, JAVA_17)
    result = invoke("neo4j", "up", "--data", tmp_path / "home")
    assert result.exit_code == 1
    assert "mvn: found none, expected Maven, which fetches Neo4j: maven" in result.stderr


def test_maven_that_fails_is_quoted_and_leaves_no_half_of_the_server(monkeypatch, tmp_path):
    empty_path(monkeypatch, tmp_path, JAVA_17, ("mvn", "echo '[ERROR] no route to host'; exit 1"))
    with pytest.raises(StoreUnavailable, match=r"mvn: found no route to host.*run it again"):
        install.fetch_jars()
    assert [path.name for path in (tmp_path / "data" / "chainshock").iterdir() if path.is_dir()] == []


def test_maven_that_fetches_too_little_is_refused(monkeypatch, tmp_path):
    empty_path(monkeypatch, tmp_path, JAVA_17, ("mvn", "exit 0"))
    with pytest.raises(StoreUnavailable, match=r"found no neo4j-5\*.jar"):
        install.fetch_jars()


def test_fetch_that_was_interrupted_is_taken_up_by_the_next(monkeypatch, tmp_path):
    """The first Maven is cut off in the middle; the second one finishes, and the result is whole."""
    jars = " ".join(f'"$lib/{name.replace("*", ".0")}"' for name in install.ENTRY)
    script = 'for word in "$@"; do case $word in -DoutputDirectory=*) lib=${word#*=};; esac; done\n'
    script += '/bin/mkdir -p "$lib"; : > "$lib/neo4j-5.0.jar"\n'
    empty_path(monkeypatch, tmp_path, JAVA_17, ("mvn", f"{script} kill -9 $$"))
    with pytest.raises(StoreUnavailable, match="run it again: it goes on from here"):
        install.fetch_jars()
    (tmp_path / "bin" / "mvn").write_text(f"#!/bin/sh\n{script} for jar in {jars}; do : > $jar; done\n")
    folder = install.fetch_jars()
    assert len(list((folder / "lib").iterdir())) == 3
    (tmp_path / "bin" / "mvn").unlink()
    assert install.fetch_jars() == folder


def test_password_file_is_its_owners_alone(home):
    password = home.new_password()
    assert stat.S_IMODE(home.password_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(home.path.stat().st_mode) == 0o700
    assert home.password() == password
    assert password not in repr(Connection("bolt://x", "neo4j", password))


def test_number_of_a_process_that_is_gone_or_another_is_no_server(home):
    home.write_conf(Ports(1, 2), {})
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        for text in (str(child.pid), "1", "4194304", "", "x"):
            home.pid_file.write_text(text)
            assert process.running(home) is None
            assert process.down(home) is False
            assert not home.pid_file.exists()
        assert child.poll() is None  # the process that had the number lives
    finally:
        child.communicate(b"\n")


def test_lost_password_of_data_that_are_there_is_named(home, monkeypatch):
    (home.path / "data" / "databases").mkdir(parents=True)
    monkeypatch.setattr(process, "fetch_jars", lambda say=None: home.path)
    with pytest.raises(StoreUnavailable, match=r"password: found No such file.*the data beside it"):
        process.up(home)


def test_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    result = invoke("neo4j", "up", "--data", tmp_path / "file" / "neo4j")
    assert result.exit_code == 1
    assert "expected a folder that can be written" in result.stderr


def test_settings_go_before_the_shipped_ones(home):
    home.write_conf(Ports(7001, 7002), {"server.memory.heap.max_size": "3g", "a.b": "c"})
    lines = home.conf.read_text().splitlines()
    assert [line for line in lines if "heap.max_size" in line] == ["server.memory.heap.max_size=3g"]
    assert "a.b=c" in lines
    assert home.ports() == Ports(7001, 7002)


@pytest.mark.parametrize("pair", ["novalue", "=x", "a=b\nc=d"])
def test_setting_that_is_no_pair_is_wrong_usage(pair, tmp_path):
    assert invoke("neo4j", "up", "--data", tmp_path, "--setting", pair).exit_code == 2


def test_down_and_status_without_a_server_say_so(tmp_path):
    result = invoke("neo4j", "down", "--data", tmp_path / "none")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "no server runs in" in result.stderr
    result = invoke("neo4j", "status", "--data", tmp_path / "none", "--format", "json")
    assert json.loads(result.stdout)["rows"][0] == {"item": "runs", "value": "no"}
    assert not (tmp_path / "none").exists()


# ------------------------------------------------------------ which server is meant


def test_without_a_server_the_message_says_how_to_get_one(home):
    with pytest.raises(StoreUnavailable, match=r"`chainshock neo4j up`.*--uri or NEO4J_URI"):
        find_connection(home=home)


def test_environment_names_the_server(home, monkeypatch):
    for name, value in (("URI", "bolt://there:1"), ("USER", "ann"), ("PASSWORD", "pw")):
        monkeypatch.setenv(f"NEO4J_{name}", value)
    assert find_connection(home=home) == Connection("bolt://there:1", "ann", "pw")
    assert find_connection("neo4j+s://else", "bob", home=home) == Connection("neo4j+s://else", "bob", "pw")


def test_password_that_nobody_set_is_asked_for(home):
    asked = []
    found = find_connection("bolt://there:1", home=home, ask=lambda text: asked.append(text) or "typed")
    assert found.password == "typed"  # noqa: S105 - not one
    assert asked == ["Password of neo4j at bolt://there:1"]
    with pytest.raises(StoreUnavailable, match="no password for neo4j, expected it in NEO4J_PASSWORD"):
        find_connection("bolt://there:1", home=home)


# ------------------------------------------------------------ a real one


@pytest.mark.slow
def test_server_comes_up_once_keeps_its_password_to_itself_and_goes_down(tmp_path):
    path = tmp_path / "a home"
    first = invoke("neo4j", "up", "--data", path)
    assert first.exit_code == 0, first.stderr
    home = Home.at(path)
    try:
        second = invoke("neo4j", "up", "--data", path)
        assert second.stdout == first.stdout
        password = home.password()
        assert password not in first.output
        server = process.running(home)
        assert password not in " ".join(process._words_of(server.pid))
        for file in (p for p in path.rglob("*") if p.is_file() and p != home.password_file):
            assert password.encode() not in file.read_bytes(), file
        assert find_connection(home=home) == Connection(server.uri, "neo4j", password)
        assert find_connection(server.uri, home=home).password == password
    finally:
        assert invoke("neo4j", "down", "--data", path).stderr == "stopped\n"
    assert process.running(home) is None
    assert not home.pid_file.exists()
    home.pid_file.write_text(str(os.getpid()))  # stale, and another's
    assert invoke("neo4j", "up", "--data", path).exit_code == 0
    try:
        os.kill(process.running(home).pid, 9)
    finally:
        again = invoke("neo4j", "up", "--data", path)  # after a crash
        assert again.exit_code == 0, again.stderr
        process.down(home)


@pytest.mark.slow
def test_setting_that_stops_the_start_is_quoted(tmp_path):
    result = invoke("neo4j", "up", "--data", tmp_path / "home", "--setting", "no.such.setting=1")
    assert result.exit_code == 1
    assert "no.such.setting" in result.stderr
    assert "neo4j.conf" in result.stderr  # read by the admin tool first, which says where it stands
    assert process.running(Home.at(tmp_path / "home")) is None


def test_environment_names_the_folder_of_the_server(monkeypatch, tmp_path):
    monkeypatch.setenv("CHAINSHOCK_NEO4J", str(tmp_path / "there"))
    assert Home.at().path == tmp_path / "there"
    assert Home.at(tmp_path).path == tmp_path
