"""Why a refresh ended without a release; both leave what is served untouched."""


class RefreshRefusedError(Exception):
    """A step failed. The first line says what, where and what to do; exit code 1."""


class RefreshBusyError(Exception):
    """Another refresh of the same folder is running; exit code 75, to be tried again later."""
