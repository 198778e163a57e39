"""The outline of a parsed document: what can be counted without the schema, before validation walks all of it.

Validation compares all fields that would answer under one name with each other, in pairs: five hundred of them take it a second.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
)


@dataclass(frozen=True, slots=True)
class Outline:
    """What a selection, or a document's largest operation, amounts to."""

    #: Fields in one another; a leaf is one.
    depth: int = 0
    #: Fields, with every fragment counted wherever it is spread.
    selections: int = 0
    #: Fields that answer under a name that another field beside them has already.
    repeats: int = 0


@dataclass
class Outlining:
    """Outlines selections. Each fragment is outlined once; where it spreads itself, it counts for nothing."""

    fragments: dict[str, FragmentDefinitionNode]
    of_fragments: dict[str, Outline] = field(default_factory=dict)

    def of_selections(self, nodes: Sequence[SelectionNode]) -> Outline:
        depth = selections = 0
        for node in nodes:
            inside = self.of_selection(node)
            depth = max(depth, inside.depth)
            selections += inside.selections
        return Outline(depth, selections)

    def of_selection(self, node: SelectionNode) -> Outline:
        if isinstance(node, FieldNode):
            if node.selection_set is None:
                return Outline(1, 1)
            inside = self.of_selections(node.selection_set.selections)
            return Outline(inside.depth + 1, inside.selections + 1)
        if isinstance(node, InlineFragmentNode):
            return self.of_selections(node.selection_set.selections)
        assert isinstance(node, FragmentSpreadNode)
        name = node.name.value
        if name not in self.of_fragments:
            self.of_fragments[name] = Outline()  # until it is known: it may lead back to itself
            fragment = self.fragments.get(name)
            if fragment:
                self.of_fragments[name] = self.of_selections(fragment.selection_set.selections)
        return self.of_fragments[name]

    def repeats_below(self, nodes: Sequence[SelectionNode], levels: int, looks: Iterator[int]) -> int:
        """Repeats in a selection and everything in it, so many levels down and with so many looks: a fragment may lead back
        to itself.
        """
        names: Counter[str] = Counter()
        below = 0
        for node, _ in zip(self.fields_of(nodes, set()), looks, strict=False):
            names[node.alias.value if node.alias else node.name.value] += 1
            if node.selection_set and levels:
                below += self.repeats_below(node.selection_set.selections, levels - 1, looks)
        return below + names.total() - len(names)

    def fields_of(self, nodes: Sequence[SelectionNode], spread: set[str]) -> Iterator[FieldNode]:
        """The fields that answer side by side: those of fragments too, each fragment once."""
        for node in nodes:
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                yield from self.fields_of(node.selection_set.selections, spread)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in spread:
                spread.add(node.name.value)
                fragment = self.fragments.get(node.name.value)
                if fragment:
                    yield from self.fields_of(fragment.selection_set.selections, spread)


def outlined(document: DocumentNode, most_depth: int, most_selections: int) -> Outline:
    """The outline of a document, in each respect of its largest part. In what is too large, repeats are not looked for."""
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    outlining = Outlining(fragments)
    parts = [  # what stands in a fragment that no operation spreads is validated all the same
        definition.selection_set.selections
        for definition in document.definitions
        if isinstance(definition, OperationDefinitionNode | FragmentDefinitionNode)
    ]
    outlines = [outlining.of_selections(part) for part in parts]
    depth = max((outline.depth for outline in outlines), default=0)
    selections = max((outline.selections for outline in outlines), default=0)
    if depth > most_depth or selections > most_selections:
        return Outline(depth, selections)
    repeats = (outlining.repeats_below(part, most_depth, iter(range(most_selections))) for part in parts)
    return Outline(depth, selections, max(repeats, default=0))
