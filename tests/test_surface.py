"""What the package offers."""

import subprocess
import sys

import chainshock


def test_every_public_name_exists_and_is_sorted():
    assert chainshock.__all__ == sorted(chainshock.__all__)
    assert all(getattr(chainshock, name) is not None for name in chainshock.__all__)


def test_every_error_is_a_chainshock_error():
    errors = [getattr(chainshock, name) for name in chainshock.__all__]
    errors = [e for e in errors if isinstance(e, type) and issubclass(e, Exception)]
    assert len(errors) == 9
    assert all(issubclass(e, chainshock.ChainshockError) for e in errors)


def test_help_imports_no_heavy_module():
    code = (
        "import sys, contextlib, io\n"
        "from chainshock.cli import main\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n"
        "    main(['--help'])\n"
        "names = {'numpy', 'scipy', 'networkx', 'polars', 'pydantic', 'rich', 'neo4j', 'pyvis'}\n"
        "sys.exit(', '.join(sorted(names & set(sys.modules))) or 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_python_answers_what_the_command_line_answers():
    shock = chainshock.reference().shock("april-2025")
    table = shock.rank("end-uses")
    frame = table.to_polars()
    assert frame.height == len(table.rows)
    assert frame["exposure"].to_list() == [row["exposure"] for row in table.to_dicts()]
