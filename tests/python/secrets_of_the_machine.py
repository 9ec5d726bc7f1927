"""Secrets as the environment of a scheduler holds them; a build may see them and leaves none."""

from pathlib import Path

SECRETS = {
    "DBT_ENV_SECRET_TOKEN": "left-behind-by-dbt",
    "PGPASSWORD": "left-behind-by-postgres",
    "AWS_SECRET_ACCESS_KEY": "left-behind-by-a-cloud",
}


def files_with_a_secret(folder: Path) -> list[str]:
    """Files under the folder in which the value of a secret stands."""
    words = [value.encode() for value in SECRETS.values()]
    return [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and any(word in path.read_bytes() for word in words)
    ]
