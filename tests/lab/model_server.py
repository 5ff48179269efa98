#!/usr/bin/env python3
"""A chat-completion server for tests: any question with a JSON schema gets an answer that fits it.

Listens on a free loopback port and prints it as its first line. Texts are plain small talk, no two alike,
so that what comes of an answer depends on the program alone.
"""
import itertools
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COUNTER = itertools.count(1)
THINGS = ["the garden", "our meeting", "the train ride", "your photos", "the book", "lunch", "the walk"]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
WORDS = ["amber", "birch", "cedar", "dusk", "ember", "fern", "grove", "harbor", "island", "juniper"]


def words_of(number):
    """A number as words: two answers are never equal, and no digits look like prices."""
    return " ".join(WORDS[int(digit)] for digit in str(number))


def text(name):
    number = next(COUNTER)
    thing, day = THINGS[number % 7], DAYS[number // 7 % 7]
    if "subject" in name:
        return f"About {thing} on {day}, {words_of(number)}"
    return (f"Hello, I thought of {thing} again and of what you said on {day}. Somebody wrote "
            f"{words_of(number)} on the wall there. How was your week so far? Best wishes")


def fitting(schema, name=""):
    kind = schema.get("type", "string")
    if isinstance(kind, list):
        kind = kind[0]
    if "enum" in schema:
        return schema["enum"][0]
    if kind == "object":
        return {key: fitting(part, key) for key, part in schema.get("properties", {}).items()}
    if kind == "array":
        return [fitting(schema["items"], name) for _ in range(schema.get("minItems", 5))]
    if kind in ("integer", "number"):
        return 1
    if kind == "boolean":
        return False
    value = text(name)
    return f"<p>{value}</p>" if "html" in name else value


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        form = question.get("response_format", {})
        if form.get("type") != "json_schema":
            self.answer(400, {"error": {"message": "this server answers json_schema only"}})
            return
        content = json.dumps(fitting(form["json_schema"]["schema"]))
        self.answer(200, {
            "id": "test", "object": "chat.completion", "created": 0, "model": question["model"],
            "choices": [{"index": 0, "finish_reason": "stop",
                         "message": {"role": "assistant", "content": content}}],
            "usage": {"prompt_tokens": 100, "completion_tokens": 100, "total_tokens": 200},
        })

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def main():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
