"""How a noun's commands are declared."""

import typer


def noun(text: str) -> typer.Typer:
    """A group of verbs; a group even where it holds one."""
    app = typer.Typer(
        help=text,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        no_args_is_help=True,
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_group)
    return app


def verb(text: str) -> typer.Typer:
    """A command that is one verb by itself."""
    return typer.Typer(
        help=text,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


def _group() -> None:
    """Nothing happens between the noun and its verb."""
