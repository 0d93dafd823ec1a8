"""Starts generations from Python and waits for them: one is served, one is refused, one needs a person.

Arguments: Temporal's address, namespace, task queue, directory of the artifact store. Prints JSON.
"""

import asyncio
import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError

Json = dict[str, Any]
Generation = WorkflowHandle[Any, Any]


# The part that docs/contract.md shows.
def generation_id(key: str, tenant: str = "") -> str:
    """The same key is the same generation, also for callers in other languages."""
    return "/".join(["gemini-image", "key", quote(tenant, safe="!'()*"), quote(key, safe="!'()*")])


def request_digest(resolved: Json) -> str:
    """SHA-256 of the canonical JSON of a request with all its defaults."""
    text = json.dumps(resolved, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


async def start(
    client: Client, task_queue: str, key: str, request: Json, memo: Json | None = None
) -> Generation:
    """Starts a generation, or joins the one of this key, running or closed."""
    id = generation_id(key, request.get("tenant", ""))
    try:
        return await client.start_workflow(
            "geminiGeneration",
            {"request": request},
            id=id,
            task_queue=task_queue,
            memo=memo,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
    except WorkflowAlreadyStartedError:
        return client.get_workflow_handle(id)


async def wait(handle: Generation) -> Json:
    """The result, or the typed failure; a cancelled or terminated generation raises."""
    try:
        return {"result": await handle.result()}
    except WorkflowFailureError as error:
        if not isinstance(error.cause, ApplicationError):
            raise
        return {"type": error.cause.type, "failure": error.cause.details[0]}


async def approve_route_out(handle: Generation, by: str, why: str) -> Json:
    """Waits until another route is offered, approves it, and returns the view it was decided on."""
    while True:
        view: Json = await handle.query("gemini.describe")
        for option in view.get("ask", {}).get("options", []):
            if option["choice"] == "route-out":
                decision = {"by": by, "why": why, "evidence": view["ask"]["evidence"], "route": option["route"]}
                await handle.signal("approveRouteOut", decision)
                return view
        await asyncio.sleep(0.2)


def image_file(store: str, image: Json) -> Path:
    return Path(store, "sha256", image["sha256"][:2], image["sha256"][2:])


# End of that part.
EXACT: Json = {
    "models": [],
    "tiers": [],
    "endpoints": [],
    "sizes": [],
    "inputs": False,
    "simplify": False,
    "rewrite": "never",
    "safetySettings": [],
    "batch": False,
}
DEFAULTS: Json = {
    "inputs": [],
    "modalities": ["TEXT", "IMAGE"],
    "routeOut": "ask",
    "urgency": "standard",
    "deadlineMs": 86400000,
    "callTimeoutMs": 180000,
    "maxPaidCalls": 5,
    "maxAttempts": 12,
    "tags": [],
    "hidePrompt": False,
    "allow": EXACT,
}


async def main(address: str, namespace: str, task_queue: str, store: str) -> None:
    client = await Client.connect(address, namespace=namespace)

    served = await start(client, task_queue, f"{task_queue}: served", {"prompt": "a red fox in snow"})
    done = await wait(served)
    again = await start(client, task_queue, f"{task_queue}: served", {"prompt": "a red fox in snow"})
    image = done["result"]["images"][0]

    prohibited = {"prompt": "a fox [[fault:prohibited-content*always]]", "allow": "available"}
    refused = await wait(await start(client, task_queue, f"{task_queue}: refused", prohibited))

    resolved = {**DEFAULTS, "prompt": 'eine Füchsin\n"狐" 🦊', "size": "2K", "tenant": "a/b", "temperature": 0.5}
    memo = {"geminiRequestDigest": request_digest(resolved)}
    shared = await start(client, task_queue, f"{task_queue}: shared", resolved, memo)
    shared_outcome = await wait(shared)

    # Last: nothing else is called with a key that is dead.
    stuck = await start(client, task_queue, f"{task_queue}: stuck", {"prompt": "a fox that is stuck"})
    view = await approve_route_out(stuck, by="ann", why="the first key is dead, the backup is paid for")

    seen = {
        "served": done,
        "again": await wait(again),
        "file": hashlib.sha256(image_file(store, image).read_bytes()).hexdigest(),
        "refused": refused,
        "branch": refused["failure"]["classification"]["branch"],
        "userAction": refused["failure"]["classification"]["userAction"],
        "view": view,
        "stuck": await wait(stuck),
        "shared": {"id": shared.id, "request": resolved, **memo, **shared_outcome},
    }
    json.dump(seen, sys.stdout)


asyncio.run(main(*sys.argv[1:]))
sys.stdout.flush()
# All is said. The SDK's threads may still be at work, and Python then dies of them while it shuts down.
os._exit(0)
