#!/usr/bin/env python3
"""Writes cases.json, the golden vectors of hash scheme native-v1.

An implementation of its own (Python, standard library only): the TypeScript one is never asked. It first checks
itself against published MurmurHash3 x86-32 values. Run: python3 libs/bucketing/cases.py
"""

import json
import os
from fractions import Fraction

M32 = 0xFFFFFFFF
SPACE = 2**32


def murmur3(data: bytes, seed: int = 0) -> int:
    h = seed
    for i in range(0, len(data) // 4 * 4, 4):
        k = int.from_bytes(data[i : i + 4], "little") * 0xCC9E2D51 & M32
        k = (k << 15 | k >> 17) & M32
        h ^= k * 0x1B873593 & M32
        h = (h << 13 | h >> 19) & M32
        h = (h * 5 + 0xE6546B64) & M32
    tail = data[len(data) // 4 * 4 :]
    if tail:
        k = int.from_bytes(tail, "little") * 0xCC9E2D51 & M32
        k = (k << 15 | k >> 17) & M32
        h ^= k * 0x1B873593 & M32
    h ^= len(data)
    h = (h ^ h >> 16) * 0x85EBCA6B & M32
    h = (h ^ h >> 13) * 0xC2B2AE35 & M32
    return h ^ h >> 16


# Published values: the table of Wikipedia's "MurmurHash" article and the vectors collected by Ian Boyd.
PUBLISHED = [
    ("", 0, 0),
    ("", 1, 0x514E28B7),
    ("", 0xFFFFFFFF, 0x81F16F39),
    ("test", 0, 0xBA6BD213),
    ("test", 0x9747B28C, 0x704B81DC),
    ("Hello, world!", 0, 0xC0363E43),
    ("Hello, world!", 0x9747B28C, 0x24884CBA),
    ("The quick brown fox jumps over the lazy dog", 0, 0x2E4FF723),
    ("The quick brown fox jumps over the lazy dog", 0x9747B28C, 0x2FA826CD),
    ("a", 0x9747B28C, 0x7FA09EA6),
    ("aa", 0x9747B28C, 0x5D211726),
    ("aaa", 0x9747B28C, 0x283E0130),
    ("aaaa", 0x9747B28C, 0x5A97808A),
    ("abc", 0x9747B28C, 0xC84A62DD),
    ("abcd", 0x9747B28C, 0xF0478627),
    ("ππππππππ", 0x9747B28C, 0xD58063C1),
]
for text, seed, expected in PUBLISHED:
    assert murmur3(text.encode(), seed) == expected, (text, hex(seed))


def utf8(text: str) -> bytes:
    """UTF-8 as browsers and Node send it: a surrogate without its partner becomes U+FFFD."""
    joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    return "".join("\ufffd" if 0xD800 <= ord(c) <= 0xDFFF else c for c in joined).encode()


def position(salt: str, unit: str) -> int:
    return murmur3(utf8(salt) + b"\x1f" + utf8(unit))


def rounded(share: Fraction) -> int:
    return int(share * SPACE + Fraction(1, 2))


def boundaries(weights):
    parts = [Fraction(str(weight)) for weight in weights]
    total, sum_ = sum(parts), Fraction(0)
    ends = []
    for part in parts:
        sum_ += part
        ends.append(rounded(sum_ / total))
    return ends


UNITS = [
    "user-1", "user-2", "u", "ab", "abc", "abcd", "abcde", " padded ", "UPPER", "upper",
    "3f2504e0-4f89-11d3-9a0c-0305e82c3301", "customer@example.com", "0", "-1",
    "é", "e\u0301", "Zürich", "ß", "日本語のユーザー", "한국어", "пользователь", "مستخدم", "👩‍👩‍👧‍👦", "a😀b",
    "\U0001F600", "abc\U0001F600", "\u0000nul", "line\nbreak", "\ud800", "x\udc00y", "\udc00\ud800", "\ufffd", "\u001f",
]
SALTS = ["task:support-reply:position", "experiment:tone:variant", "rollout:tone-v2:position", "holdout:2026", "", "salt:ü"]

RULESET = {
    "format": 1,
    "environment": "production",
    "version": 7,
    "publishedAt": "2026-01-01T00:00:00.000Z",
    "models": {
        f"{key}@{version}": {"key": key, "version": version, "provider": "openai", "name": f"{key}-{version}", "parameters": {}}
        for key, version in [("old", 1), ("new", 1), ("newer", 2), ("frozen", 1)]
    },
    "tasks": {
        "reply": {
            "key": "reply", "unitType": "user", "hashScheme": "native-v1", "positionSalt": "task:reply:position",
            "enabled": True, "champion": "old@1", "fallbacks": [],
            "experiments": [
                {"id": "e1", "key": "tone", "epoch": 3, "salt": "experiment:tone:variant", "assignment": "platform", "paused": False,
                 "ranges": [[0, SPACE // 4], [SPACE // 2, SPACE // 2 + SPACE // 8]], "audience": None,
                 "variants": [{"key": "a", "model": "old@1", "weight": 1, "control": True},
                              {"key": "b", "model": "new@1", "weight": 1, "control": False},
                              {"key": "c", "model": "newer@2", "weight": 2, "control": False}],
                 "overrides": {"qa-1": "b"}},
                {"id": "e2", "key": "length", "epoch": 1, "salt": "experiment:length:variant", "assignment": "platform", "paused": False,
                 "ranges": [[SPACE // 4, SPACE // 2]],
                 "audience": {"attribute": "plan", "operator": "in", "value": ["pro", "team"]},
                 "variants": [{"key": "a", "model": "old@1", "weight": 0.5, "control": True},
                              {"key": "b", "model": "newer@2", "weight": 0.5, "control": False}],
                 "overrides": {}},
            ],
            "rollout": {"id": "r1", "key": "tone-v2", "epoch": 2, "salt": "rollout:tone-v2:position", "stage": 2, "share": 0.25,
                        "controlShare": 0.25, "challenger": "new@1", "champion": "old@1", "audience": None, "carried": None},
            "holdout": {"key": "2026", "salt": "holdout:2026", "share": 0.05, "model": "frozen@1"},
        },
        "off": {
            "key": "off", "unitType": "user", "hashScheme": "native-v1", "positionSalt": "task:off:position", "enabled": False,
            "champion": "old@1", "fallbacks": [], "experiments": [], "rollout": None, "holdout": None,
        },
        "empty": {
            "key": "empty", "unitType": "user", "hashScheme": "native-v1", "positionSalt": "task:empty:position", "enabled": True,
            "champion": None, "fallbacks": [], "experiments": [], "rollout": None, "holdout": None,
        },
    },
    "subjects": {},
}


def decide(task_key, unit, attributes):
    def answer(reason, model=None, variant=None):
        return {"task": task_key, "unit": unit, "attributes": attributes, "reason": reason, "model": model, "variant": variant}

    task = RULESET["tasks"].get(task_key)
    if task is None:
        return answer("TASK_UNKNOWN")
    if not task["enabled"]:
        return answer("DISABLED", task["champion"])
    if not unit:
        return answer("UNIT_MISSING", task["champion"])
    for one in task["experiments"]:
        if unit in one["overrides"]:
            key = one["overrides"][unit]
            return answer("OVERRIDE", next(v["model"] for v in one["variants"] if v["key"] == key), key)
    if task["holdout"] and position(task["holdout"]["salt"], unit) < rounded(Fraction(str(task["holdout"]["share"]))):
        return answer("HOLDOUT", task["holdout"]["model"])
    at = position(task["positionSalt"], unit)
    for one in task["experiments"]:
        if any(start <= at < end for start, end in one["ranges"]):
            if one["audience"] is not None and attributes.get("plan") not in one["audience"]["value"]:
                continue
            drawn = position(one["salt"], unit)
            ends = boundaries([v["weight"] for v in one["variants"]])
            arm = next(v for v, end in zip(one["variants"], ends) if drawn < end)
            return answer("SPLIT", arm["model"], arm["key"])
    rollout = task["rollout"]
    if rollout:
        at = position(rollout["salt"], unit)
        if at < rounded(Fraction(str(rollout["share"]))):
            return answer("ROLLOUT", rollout["challenger"], "challenger")
        if at >= rounded(1 - Fraction(str(rollout["controlShare"]))):
            return answer("ROLLOUT", rollout["champion"], "control")
        return answer("ROLLOUT", rollout["champion"], "champion")
    return answer("DEFAULT", task["champion"]) if task["champion"] else answer("NO_CHAMPION")


WEIGHTS = [[1], [1, 1], [50, 50], [0.5, 0.5], [1, 1, 1], [0.1, 0.2, 0.7], [1, 0], [0, 1], [1, 0, 1], [90, 9, 1],
           [1, 1, 1, 1, 1, 1, 1], [0.001, 0.999], [3, 2, 1, 4]]
people = [f"user-{n}" for n in range(60)] + ["qa-1", "é", "日本語のユーザー", "👩‍👩‍👧‍👦", "\ud800"]

cases = {
    "specVersion": 1,
    "scheme": "native-v1",
    "murmur3": [{"text": text, "seed": seed, "hash": murmur3(text.encode(), seed)} for text, seed, _ in PUBLISHED]
    + [{"text": text, "seed": 0, "hash": murmur3(utf8(text))} for text in UNITS],
    "position": [{"salt": s, "unit": u, "position": position(s, u)} for s in SALTS for u in UNITS],
    "unitBucket": [{"unit": u, "bucket": murmur3(utf8(u)) & 255} for u in UNITS],
    "boundaries": [{"weights": w, "boundaries": boundaries(w)} for w in WEIGHTS],
    "ruleset": RULESET,
    "decide": [decide("reply", u, {"plan": "pro"} if n % 2 else {"plan": "free"}) for n, u in enumerate(people)]
    + [decide("reply", None, {}), decide("reply", "", {}), decide("off", "user-1", {}), decide("empty", "user-1", {}),
       decide("unheard-of", "user-1", {})],
}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "cases.json")
with open(path, "w", encoding="ascii") as file:
    json.dump(cases, file, indent=1, ensure_ascii=True)
    file.write("\n")
