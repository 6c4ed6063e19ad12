#!/usr/bin/env python3
"""Writes cases.json, the golden vectors of the hash schemes native-v1, unleash and growthbook-v2.

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


# The other two schemes, written as their owners' SDKs are: percentages from 1 to 100 and "at most" for Unleash,
# fractions of 10,000 for GrowthBook. Published values check the hashes first.


def unleash(group: str, unit: str, normalizer: int, seed: int = 0) -> int:
    return murmur3(utf8(f"{group}:{unit}"), seed) % normalizer + 1


# https://github.com/Unleash/client-specification and the tests of unleash-client's strategy/util
for arguments, expected in [
    (("gr1", "123", 100), 73), (("groupX", "999", 100), 25),
    (("gr1", "123", 100, 86028157), 96), (("groupX", "999", 100, 86028157), 60),
]:
    assert unleash(*arguments) == expected, (arguments, unleash(*arguments))


def fnv1a(text: str) -> int:
    h = 0x811C9DC5
    encoded = text.encode("utf-16-le", "surrogatepass")
    for i in range(0, len(encoded), 2):
        h = (h ^ int.from_bytes(encoded[i : i + 2], "little")) * 0x01000193 & M32
    return h


def growthbook(seed: str, unit: str) -> float:
    return fnv1a(str(fnv1a(seed + unit))) % 10000 / 10000


# https://github.com/growthbook/growthbook/blob/main/packages/sdk-js/test/cases.json, "hash", version 2
for seed, unit, expected in [("seed", "a", 0.0505), ("seed", "b", 0.2696), ("foo", "ab", 0.2575), ("foo", "def", 0.2019),
                             ("89123klj", "8952klfjas09ujkasdf", 0.124), ("90850943850283058242805", "123", 0.7516)]:
    assert growthbook(seed, unit) == expected, (seed, unit, growthbook(seed, unit))


def stretch(start: float, end: float):
    return [rounded(Fraction(str(start))), rounded(Fraction(str(end)))]


def arm(key, model, weight, control=False, ranges=None):
    return {"key": key, "model": model, "weight": weight, "control": control, **({"ranges": ranges} if ranges else {})}


AUDIENCE = {"attribute": "plan", "operator": "in", "value": ["pro", "team"]}
FOREIGN = {
    **RULESET,
    "format": 2,
    "tasks": {
        "toggled": {
            "key": "toggled", "unitType": "user", "hashScheme": "unleash", "positionSalt": "task:toggled:position",
            "enabled": True, "champion": "old@1", "fallbacks": [],
            "experiments": [
                {"id": "e1", "key": "tone", "epoch": 1, "salt": "experiment:tone:variant", "assignment": "platform", "paused": False,
                 "ranges": [stretch(0, 0.4)], "audience": AUDIENCE,
                 "variants": [arm("a", "old@1", 334, True), arm("b", "new@1", 333), arm("c", "newer@2", 333)],
                 "overrides": {"qa-1": "b"}},
            ],
            "rollout": {"id": "r1", "key": "tone-v2", "epoch": 1, "salt": "rollout:tone-v2:position", "stage": 1, "share": 0.125,
                        "controlShare": 0.125, "challenger": "new@1", "champion": "old@1", "audience": None, "carried": None},
            "holdout": {"key": "2026", "salt": "holdout:2026", "share": 0.05, "model": "frozen@1"},
        },
        "featured": {
            "key": "featured", "unitType": "user", "hashScheme": "growthbook-v2", "positionSalt": "task:featured:position",
            "enabled": True, "champion": "old@1", "fallbacks": [],
            "experiments": [
                {"id": "e2", "key": "length", "epoch": 1, "salt": "experiment:length:variant", "assignment": "platform", "paused": False,
                 "ranges": [stretch(0, 0.1234), stretch(0.5, 0.6)], "audience": AUDIENCE,
                 "variants": [arm("a", "old@1", 0.4, True, [stretch(0, 0.3), stretch(0.9, 1)]), arm("b", "new@1", 0.6, False, [stretch(0.3, 0.9)])],
                 "overrides": {}},
                {"id": "e3", "key": "prompt", "epoch": 1, "salt": "experiment:prompt:variant", "assignment": "platform", "paused": False,
                 "ranges": [stretch(0.1234, 0.3)], "audience": None,
                 "variants": [arm("a", "old@1", 0.5, True), arm("b", "newer@2", 0.5)],
                 "overrides": {"qa-1": "b"}},
            ],
            "rollout": {"id": "r2", "key": "length-v2", "epoch": 1, "salt": "rollout:length-v2:position", "stage": 1, "share": 0.2,
                        "controlShare": 0.2, "challenger": "new@1", "champion": "old@1", "audience": None,
                        "carried": {"experiment": "gone", "salt": "experiment:gone:variant", "ranges": [stretch(0.6, 0.8)],
                                    "from": stretch(0.25, 0.75)[0], "to": stretch(0.25, 0.75)[1]}},
            "holdout": {"key": "2026", "salt": "holdout:2026", "share": 0.05, "model": "frozen@1"},
        },
    },
}


def answer_of(task_key, unit, attributes):
    def answer(reason, model, variant=None):
        return {"task": task_key, "unit": unit, "attributes": attributes, "reason": reason, "model": model, "variant": variant}

    return answer


def decide_toggled(unit, attributes):
    """Unleash's way: strategies in order, the first that holds answers."""
    task, answer = FOREIGN["tasks"]["toggled"], answer_of("toggled", unit, attributes)
    experiment, rollout, holdout = task["experiments"][0], task["rollout"], task["holdout"]

    def variant(group, weights):
        target, counter = unleash(group, unit, sum(weight for _, weight in weights), 86028157), 0
        for key, weight in weights:
            counter += weight
            if weight > 0 and counter >= target:
                return key

    models = {v["key"]: v["model"] for v in experiment["variants"]}
    if unit in experiment["overrides"]:
        key = experiment["overrides"][unit]
        return answer("OVERRIDE", models[key], key)
    if unleash(holdout["salt"], unit, 100) <= 5:
        return answer("HOLDOUT", holdout["model"])
    if attributes.get("plan") in AUDIENCE["value"] and unleash(experiment["key"], unit, 100) <= 40:
        key = variant(experiment["key"], [(v["key"], v["weight"]) for v in experiment["variants"]])
        return answer("SPLIT", models[key], key)
    key = variant(f"rollout:{rollout['key']}", [("challenger", 125), ("champion", 750), ("control", 125)])
    return answer("ROLLOUT", rollout["challenger" if key == "challenger" else "champion"], key)


def decide_featured(unit, attributes):
    """GrowthBook's way: rules in order, each with its seed, ranges as fractions."""
    task, answer = FOREIGN["tasks"]["featured"], answer_of("featured", unit, attributes)

    def within(seed, *ranges):
        n = growthbook(seed, unit)
        return any(start <= n < end for start, end in ranges)

    if unit == "qa-1":
        return answer("OVERRIDE", "newer@2", "b")
    if within("holdout:2026", (0, 0.05)):
        return answer("HOLDOUT", "frozen@1")
    if attributes.get("plan") in AUDIENCE["value"] and within(task["positionSalt"], (0, 0.1234), (0.5, 0.6)):
        is_a = within("experiment:length:variant", (0, 0.3), (0.9, 1))
        return answer("SPLIT", "old@1" if is_a else "new@1", "a" if is_a else "b")
    if within(task["positionSalt"], (0.1234, 0.3)):
        is_a = within("experiment:prompt:variant", (0, 0.5))
        return answer("SPLIT", "old@1" if is_a else "newer@2", "a" if is_a else "b")
    if within(task["positionSalt"], (0.6, 0.8)) and within("experiment:gone:variant", (0.25, 0.75)):
        return {**answer("ROLLOUT", "new@1", "challenger"), "carried": True}
    if within("rollout:length-v2:position", (0, 0.2)):
        return answer("ROLLOUT", "new@1", "challenger")
    return answer("ROLLOUT", "old@1", "control" if within("rollout:length-v2:position", (0.8, 1)) else "champion")


WEIGHTS = [[1], [1, 1], [50, 50], [0.5, 0.5], [1, 1, 1], [0.1, 0.2, 0.7], [1, 0], [0, 1], [1, 0, 1], [90, 9, 1],
           [1, 1, 1, 1, 1, 1, 1], [0.001, 0.999], [3, 2, 1, 4]]
people = [f"user-{n}" for n in range(60)] + ["qa-1", "é", "日本語のユーザー", "👩‍👩‍👧‍👦", "\ud800"]
crowd = [f"user-{n}" for n in range(240)] + people[-5:]

cases = {
    "specVersion": 2,
    "murmur3": [{"text": text, "seed": seed, "hash": murmur3(text.encode(), seed)} for text, seed, _ in PUBLISHED]
    + [{"text": text, "seed": 0, "hash": murmur3(utf8(text))} for text in UNITS],
    "position": [{"salt": s, "unit": u, "position": position(s, u)} for s in SALTS for u in UNITS],
    "unitBucket": [{"unit": u, "bucket": murmur3(utf8(u)) & 255} for u in UNITS],
    "boundaries": [{"weights": w, "boundaries": boundaries(w)} for w in WEIGHTS],
    "ruleset": RULESET,
    "decide": [decide("reply", u, {"plan": "pro"} if n % 2 else {"plan": "free"}) for n, u in enumerate(people)]
    + [decide("reply", None, {}), decide("reply", "", {}), decide("off", "user-1", {}), decide("empty", "user-1", {}),
       decide("unheard-of", "user-1", {})],
    "unleash": {
        "percentage": [{"group": g, "unit": u, "percentage": unleash(g, u, 100)} for g in ["tone", "holdout:2026", ""] for u in UNITS],
        "variant": [{"group": g, "unit": u, "target": unleash(g, u, 1000, 86028157)} for g in ["tone", "rollout:tone"] for u in UNITS],
    },
    "growthbook-v2": [{"seed": s, "unit": u, "n": growthbook(s, u)} for s in SALTS for u in UNITS],
    "foreignRuleset": FOREIGN,
    "foreignDecide": [each(u, {"plan": "pro"} if n % 2 else {"plan": "free"})
                      for each in (decide_toggled, decide_featured) for n, u in enumerate(crowd)],
}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "cases.json")
with open(path, "w", encoding="ascii") as file:
    json.dump(cases, file, indent=1, ensure_ascii=True)
    file.write("\n")
