"""One process of the LiteLLM baseline: its Router calls the provider for each request, as its users do.

Reads lines of JSON: first the settings, then questions; answers each with one line. Ends with its stdin.
"""

import asyncio
import base64
import json
import os
import pathlib
import sys
import time

SETTINGS = json.loads(sys.stdin.readline())
SCALE = SETTINGS["scale"]
# Its own waits between retries (0.5 to 8 s, and jitter) are read once, when it is imported.
os.environ["INITIAL_RETRY_DELAY"] = str(0.5 * SCALE)
os.environ["MAX_RETRY_DELAY"] = str(8.0 * SCALE)
os.environ["JITTER"] = str(0.75 * SCALE)

import litellm  # noqa: E402
from litellm import Router  # noqa: E402

litellm.suppress_debug_info = True
PRIMARY, *FALLBACKS = SETTINGS["models"]


def router():
    """Its documented means for reliability: retries by kind, fallbacks to the other models, a cooldown."""
    return Router(
        model_list=[
            {
                "model_name": model,
                "litellm_params": {
                    "model": f"gemini/{model}",
                    "api_base": f"{SETTINGS['baseUrl']}/v1beta",
                    "api_key": "bench-key",
                },
            }
            for model in [PRIMARY, *FALLBACKS]
        ],
        num_retries=2,
        fallbacks=[{PRIMARY: FALLBACKS}, {FALLBACKS[0]: FALLBACKS[1:]}],
        # A model that fails more than three times a minute, or answers 429, is passed over for a minute.
        allowed_fails=3,
        cooldown_time=60 * SCALE,
    )


async def serve(routes, ask, outcomes):
    try:
        answer = await routes.aimage_generation(model=PRIMARY, prompt=ask["prompt"])
        got_at = time.time() * 1000
        # A refusal comes back as an answer without images; the last image is the final one.
        if not answer.data:
            raise RuntimeError("no image")
        path = pathlib.Path(SETTINGS["images"]) / ask["id"]
        path.write_bytes(base64.b64decode(answer.data[-1].b64_json))
        outcomes.append({"id": ask["id"], "gotAt": got_at})
    except Exception as error:  # noqa: BLE001: whatever it is, this request has no image
        outcomes.append({"id": ask["id"], "why": f"{type(error).__name__}: {error}"[:120]})


async def play(routes, start_at, outcomes):
    running = set()
    for ask in sorted(SETTINGS["asks"], key=lambda ask: ask["atMs"]):
        await asyncio.sleep(max(0.0, (start_at + ask["atMs"]) / 1000 - time.time()))
        running.add(asyncio.create_task(serve(routes, ask, outcomes)))
    await asyncio.gather(*running)


async def main():
    routes = router()
    outcomes = []
    playing = None
    print(json.dumps("ready"), flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        question = json.loads(line)
        if question["kind"] == "begin":
            playing = asyncio.create_task(play(routes, question["startAt"], outcomes))
        elif playing is not None and playing.done():
            playing.result()
        print(json.dumps(outcomes), flush=True)


asyncio.run(main())
