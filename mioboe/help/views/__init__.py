from mioboe.help.views import calls, cases, home, not_me, statements

__all__ = ["calls", "cases", "home", "not_me", "statements"]
