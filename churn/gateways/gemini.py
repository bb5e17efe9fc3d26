"""Gemini, asked for words through Google's own library (google-genai).

The library is imported when somebody asks, so that nothing else pays for it. One request a call:
retries are ours. Errors come out typed by what they mean, never as the library's own.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

TIMEOUT_SECONDS = 30.0
_MOST_TOKENS = 8_000  # of an answer: twenty-five rows of 240 letters in Bangla


class GeminiError(Exception):
    """Nothing usable came back; `tokens` (prompt, answer) were used all the same."""

    def __init__(self, message: str, *, tokens: tuple[int, int] = (0, 0)) -> None:
        super().__init__(message)
        self.tokens = tokens


class Misconfigured(GeminiError):
    """The key, the model or the request is refused: stop, and tell an administrator."""


class Exhausted(GeminiError):
    """The quota is used up: stop for the day."""


class Unreachable(GeminiError):
    """The service is away, slow or failing: it may be asked again."""


class Unusable(GeminiError):
    """It answered, but blocked, cut off, or with what is no JSON of ours: ask with fewer rows."""


@dataclass(frozen=True)
class Answer:
    """What came back: a list as parsed, unchecked; and what it cost in tokens."""

    replies: list[Any]
    prompt_tokens: int
    answer_tokens: int
    model: str


def is_set_up() -> bool:
    """Tell whether the installation has a key and lets text go out at all."""
    return bool(settings.AI_ENABLED and settings.GEMINI_API_KEY)


def ask(
    *, system: str, prompt: str, schema: Mapping[str, Any], timeout: float = TIMEOUT_SECONDS
) -> Answer:
    """Ask once, for JSON of a schema. `timeout` in seconds. Raises GeminiError's kinds."""
    import httpx2  # noqa: PLC0415 - a second and 60 MB together that only this job needs
    from google import genai  # noqa: PLC0415
    from google.genai import errors, types  # noqa: PLC0415

    options = types.HttpOptions(
        base_url=settings.GEMINI_URL or None,
        timeout=round(timeout * 1000),  # milliseconds
        retry_options=types.HttpRetryOptions(attempts=1),
    )
    config = types.GenerateContentConfig(
        system_instruction=system,
        temperature=0,
        response_mime_type="application/json",
        response_json_schema=dict(schema),
        max_output_tokens=_MOST_TOKENS,
        automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
    )
    try:
        with genai.Client(api_key=settings.GEMINI_API_KEY, http_options=options) as client:
            response = client.models.generate_content(
                model=settings.GEMINI_MODEL, contents=prompt, config=config
            )
    except errors.APIError as error:
        raise _typed(error.code, str(error.status or "")) from error
    except (httpx2.HTTPError, OSError) as error:
        raise Unreachable(type(error).__name__) from error
    except ValueError as error:
        raise Unusable("the answer cannot be read") from error
    return _read(response)


def _typed(code: int | None, status: str) -> GeminiError:
    said = f"{code or ''} {status}".strip()
    if code == 429:
        return Exhausted(said)
    if code in (408, 499) or code is None or code >= 500:
        return Unreachable(said)
    return Misconfigured(said)


def _read(response: Any) -> Answer:
    usage = response.usage_metadata
    tokens = (
        int(getattr(usage, "prompt_token_count", 0) or 0),
        int(getattr(usage, "candidates_token_count", 0) or 0),
    )
    if not response.candidates:
        feedback = response.prompt_feedback
        reason = getattr(getattr(feedback, "block_reason", None), "value", "no answer")
        raise Unusable(f"blocked: {reason}", tokens=tokens)
    finish = response.candidates[0].finish_reason
    if finish is not None and finish.value != "STOP":
        raise Unusable(f"finished with {finish.value}", tokens=tokens)
    try:
        replies = json.loads(response.text or "")
    except ValueError as error:
        raise Unusable("no JSON", tokens=tokens) from error
    if not isinstance(replies, list):
        raise Unusable("no list", tokens=tokens)
    return Answer(replies, *tokens, model=settings.GEMINI_MODEL)
