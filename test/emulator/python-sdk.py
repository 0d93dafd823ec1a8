"""Drives the emulator with Google's Python SDK, unchanged, and prints what it saw as one JSON object.

Arguments: base URL, API key, a model with quota for four calls a minute.
"""

import io
import json
import struct
import sys
import zlib

from google import genai
from google.genai import errors, types

base_url, api_key, model = sys.argv[1:4]
client = genai.Client(api_key=api_key, http_options=types.HttpOptions(base_url=base_url))


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\x00" + b"\xff\x80\x00" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def parts(response: types.GenerateContentResponse) -> list[dict]:
    return [
        {
            "mime": part.inline_data.mime_type if part.inline_data else None,
            "jpeg": bool(part.inline_data and part.inline_data.data.startswith(b"\xff\xd8")),
            "text": part.text,
            "thought": bool(part.thought),
            "signed": bool(part.thought_signature),
        }
        for part in response.candidates[0].content.parts
    ]


config = types.GenerateContentConfig(
    response_modalities=["TEXT", "IMAGE"],
    image_config=types.ImageConfig(aspect_ratio="16:9", image_size="1K"),
)
seen: dict = {"version": genai.__version__}

generated = client.models.generate_content(model=model, contents="A lighthouse at dusk", config=config)
seen["generated"] = parts(generated)
seen["finish_reason"] = generated.candidates[0].finish_reason.name
seen["image_tokens"] = generated.usage_metadata.candidates_tokens_details[0].token_count
seen["model_version"] = generated.model_version

edited = client.models.generate_content(
    model=model,
    contents=["Make it orange", types.Part.from_bytes(data=png(160, 90), mime_type="image/png")],
    config=types.GenerateContentConfig(response_modalities=["IMAGE"]),
)
seen["edited"] = parts(edited)

chat = client.chats.create(model=model, config=config)
chat.send_message("A red boat")
seen["second_turn"] = parts(chat.send_message("Now at night"))

try:
    client.models.generate_content(model=model, contents="One too many", config=config)
    seen["error"] = None
except errors.ClientError as error:
    details = error.details["error"]["details"]
    seen["error"] = {
        "code": error.code,
        "status": error.status,
        "details": [detail["@type"].rsplit(".", 1)[-1] for detail in details],
        "retry_delay": details[-1]["retryDelay"],
    }

seen["total_tokens"] = client.models.count_tokens(
    model=model,
    contents=["x" * 400, types.Part.from_bytes(data=png(8, 8), mime_type="image/png")],
).total_tokens
seen["models"] = [listed.name for listed in client.models.list(config={"page_size": 2})]

uploaded = client.files.upload(file=io.BytesIO(png(8, 8)), config={"mime_type": "image/png", "display_name": "eight"})
seen["file"] = [uploaded.display_name, uploaded.state.name, client.files.get(name=uploaded.name).uri == uploaded.uri]
seen["files"] = len(list(client.files.list()))
client.files.delete(name=uploaded.name)

json.dump(seen, sys.stdout)
