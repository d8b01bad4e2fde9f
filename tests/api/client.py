"""What a person does first, by a client that was generated from docs/openapi.json: create, list, patch, complete, and
the stream that tells of each."""

import json
import sys
from datetime import datetime, timezone

from dormouse_client import AuthenticatedClient, Client
from dormouse_client.api.changes import read_changes
from dormouse_client.api.tasks import complete_task, create_task, list_tasks, update_task
from dormouse_client.models import NewTask, TaskEvent, TaskPatch, TaskStatus

url, *bearer = sys.argv[1:]
options = {"base_url": url, "raise_on_unexpected_status": True, "timeout": 30}
client = AuthenticatedClient(token=bearer[0], **options) if bearer else Client(**options)
token = read_changes.sync(client=client, since="latest").next_token
title = f"Call Ann at {datetime.now(timezone.utc).isoformat()}"

created = create_task.sync_detailed(client=client, body=NewTask(title=title, tags=["friends"]), idempotency_key="1")
assert created.status_code == 201, created
task = created.parsed
assert created.headers["etag"] == '"1"' and task.version == 1 and task.tags == ["friends"], task

page = list_tasks.sync(client=client, limit=200)
while all(item.id != task.id for item in page.items):
    page = list_tasks.sync(client=client, limit=200, cursor=page.next_cursor)

patched = update_task.sync(client=client, id=task.id, body=TaskPatch(description="About Sunday"), if_match='"1"')
assert (patched.description, patched.version, patched.title) == ("About Sunday", 2, title), patched
stale = update_task.sync_detailed(client=client, id=task.id, body=TaskPatch(description="No"), if_match='"1"')
assert stale.status_code == 412 and stale.parsed.type_ == "/problems/precondition-failed", stale

completed = complete_task.sync(client=client, id=task.id)
assert completed.status == TaskStatus.COMPLETED and completed.completed_at is not None, completed

told = []
headers = {"Accept": "text/event-stream"}
with client.get_httpx_client().stream("GET", "/v1/changes", params={"since": token}, headers=headers) as stream:
    assert stream.headers["content-type"] == "text/event-stream", stream
    for line in stream.iter_lines():
        if line.startswith("data:"):
            event = TaskEvent.from_dict(json.loads(line.removeprefix("data:")))
            if event.subject == task.id:
                told.append(event.type_.value)
        if len(told) == 3:
            break
assert told == ["todo.task.created", "todo.task.updated", "todo.task.completed"], told
print("A generated client created, listed, patched and completed a task, and was told of each by the stream.")
