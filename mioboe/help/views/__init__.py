from mioboe.help.views import calls, cases, home, not_me, notices, safety, sign_ins, statements

__all__ = ["calls", "cases", "home", "not_me", "notices", "safety", "sign_ins", "statements"]
