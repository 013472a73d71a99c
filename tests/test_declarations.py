"""The tables of declarations: actions, icons, colours; each name in one is a name in the other."""

import ast
import itertools
import re
import tomllib
from collections import Counter

import pytest
from PySide6.QtGui import QKeySequence

from runcase import resources
from runcase.ui import icons
from runcase.ui.actions import ACTIONS, MENUS, key_text
from runcase.ui.theme import Scheme
from shared import ROOT

ICONS = {file.stem for file in resources.path("icons").glob("*.svg")}
SOURCES = {
    file: ast.parse(file.read_text(encoding="utf-8"))
    for file in sorted((ROOT / "app" / "runcase").rglob("*.py"))
    if {"ui", "itemmodels"} & set(file.parts)
}


def tokens(theme):
    with resources.path("theme", f"{theme}.toml").open("rb") as file:
        return tomllib.load(file)


def test_action_ids_are_unique():
    assert [name for name, count in Counter(spec.id for spec in ACTIONS).items() if count > 1] == []


def test_window_keys_are_unique(qapp):
    owners = {}
    for spec in ACTIONS:
        for key in spec.keys:
            made = [QKeySequence(key)] if isinstance(key, str) else QKeySequence.keyBindings(key)
            for sequence in made:
                owners.setdefault(sequence.toString(), set()).add(spec.id)
    assert {key: ids for key, ids in owners.items() if len(ids) > 1} == {}
    assert "" not in owners


def test_single_letters_are_unique_within_what_has_the_focus():
    pairs = Counter((spec.menu, spec.view_keys) for spec in ACTIONS if spec.view_keys)
    assert [pair for pair, count in pairs.items() if count > 1] == []


@pytest.mark.parametrize("spec", ACTIONS, ids=lambda spec: spec.id)
def test_an_action_is_complete(spec, qapp):
    assert spec.text
    assert spec.menu in MENUS
    assert spec.icon in ICONS | {""}
    assert not (spec.checkable and spec.choice)
    assert key_text(spec) or not (spec.keys or spec.view_keys)


def test_every_menu_has_actions_and_its_groups_rise():
    for menu in MENUS:
        groups = [spec.group for spec in ACTIONS if spec.menu == menu]
        assert groups
        assert groups == sorted(groups)


def test_texts_are_unique_within_a_menu():
    texts = Counter((spec.menu, spec.submenu, spec.text) for spec in ACTIONS)
    assert [text for text, count in texts.items() if count > 1] == []


def test_both_themes_have_the_same_tokens():
    light, dark = tokens("light"), tokens("dark")
    assert light["tokens"].keys() == dark["tokens"].keys()
    assert len(light["runs"]) == len(dark["runs"]) == 12
    for name in itertools.chain(*(each["tokens"].values() for each in (light, dark))):
        assert re.fullmatch(r"#[0-9A-F]{6}", name)


def test_the_style_sheet_names_only_tokens_that_there_are():
    text = resources.path("theme", "app.qss").read_text(encoding="utf-8")
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    assert set(re.findall(r"@([a-z0-9-]+)", text)) <= tokens("light")["tokens"].keys()


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
def test_nothing_is_left_to_fill_in_the_style_sheet(theme, scheme, qapp):
    theme.set_scheme(scheme)
    text = re.sub(r"/\*.*?\*/", "", qapp.styleSheet(), flags=re.DOTALL)
    assert re.findall(r"[@%][a-z-]+", text) == []
    assert re.findall(r"px-|#[0-9A-F]{6}-", text) == []


def test_colours_are_asked_for_by_tokens_that_there_are():
    known = tokens("light")["tokens"].keys()
    asked = {
        (file.name, text)
        for file, tree in SOURCES.items()
        for call in calls(tree)
        if called(call) == "color" and call.args
        for text in texts_in(call.args[0])
    }
    assert asked
    assert {each for each in asked if each[1] not in known} == set()


def test_icons_are_asked_for_by_names_that_there_are():
    """Follow every parameter that is called `icon`, and what stands under an icon role."""
    shared = icon_parameters(SOURCES.values())
    asked = set()
    for file, tree in SOURCES.items():
        places = shared | icon_parameters([tree], private=True)
        for call in calls(tree):
            place = places.get(called(call))
            if place is not None and len(call.args) > place:
                asked |= {(file.name, text) for text in texts_in(call.args[place])}
            for keyword in call.keywords:
                if keyword.arg == "icon":
                    asked |= {(file.name, text) for text in texts_in(keyword.value)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Dict):
                for key, value in zip(node.keys, node.values, strict=True):
                    if isinstance(key, ast.Name) and key.id == "ICON_ROLE":
                        asked |= {(file.name, text) for text in texts_in(value)}
    assert len(asked) > 60
    assert {each for each in asked if each[1] and each[1] not in ICONS} == set()


def test_icons_of_files_and_of_a_status_are_there():
    known = tokens("light")["tokens"].keys()
    for name, token in icons.STATUS_ICONS.values():
        assert name in ICONS
        assert token in known
    for name in ("MLmodel", "no suffix", "a.PNG", "b.csv", "x.tar.gz"):
        assert icons.file_icon(name) in ICONS
    assert set(icons._FILE_ICONS) <= ICONS


def test_icons_take_the_colour_they_are_asked_for(theme):
    for name in sorted(ICONS - {"runcase"}):  # our own mark has colours of its own
        image = icons.pixmap(theme, name, "error", 16).toImage()
        wanted = theme.color("error").rgb()
        seen = [image.pixelColor(x, y) for x in range(16) for y in range(16)]
        assert {color.rgb() for color in seen if color.alpha() == 255} <= {wanted}, name
        assert any(color.alpha() for color in seen), name


def calls(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def called(call):
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def texts_in(node):
    """Return the texts that an argument may be: itself, or either side of an `if`."""
    if isinstance(node, ast.IfExp):
        return texts_in(node.body) | texts_in(node.orelse)
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()


def icon_parameters(trees, private=False):
    """Return at which place each function or class of ours takes the name of an icon."""
    found = {"icon": 1, "pixmap": 1}
    for tree in trees:
        for node in ast.walk(tree):
            name, function = getattr(node, "name", ""), node
            if isinstance(node, ast.ClassDef):
                inits = (each for each in node.body if getattr(each, "name", "") == "__init__")
                function = next(inits, None)
            if isinstance(function, ast.FunctionDef) and name.startswith("_") == private:
                names = [each.arg for each in function.args.args if each.arg != "self"]
                if "icon" in names:
                    found[name] = names.index("icon")
    return found
