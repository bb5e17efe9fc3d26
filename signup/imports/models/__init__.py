from signup.imports.models.imported import Import, ImportRow

__all__ = ["Import", "ImportRow"]
