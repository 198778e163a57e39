"""Merkle trees: the roots of RFC 6962's own examples, and proofs that hold for what is there and for nothing else."""

from __future__ import annotations

import pytest

from ledger.merkle import inclusion_proof, leaf_hash, levels_of, merkle_root, root_by_proof

# The test vectors of the Certificate Transparency project.
RECORDS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
LEAVES = [leaf_hash(bytes.fromhex(record)) for record in RECORDS]


@pytest.mark.parametrize("size", ROOTS)
def test_the_roots_are_those_of_the_standard(size: int) -> None:
    assert merkle_root(LEAVES[:size]).hex() == ROOTS[size]


@pytest.mark.parametrize("size", range(1, 18))
def test_every_leaf_is_proved_and_no_other_in_its_place(size: int) -> None:
    leaves = [leaf_hash(bytes([number])) for number in range(size)]
    root = merkle_root(leaves)
    for index in range(size):
        proof = inclusion_proof(levels_of(leaves), index)
        found = [root_by_proof(leaf, index, size, proof) for leaf in leaves]
        assert [one == root for one in found] == [at == index for at in range(size)]


def test_a_proof_that_is_too_long_or_too_short_proves_nothing() -> None:
    proof = inclusion_proof(levels_of(LEAVES), 2)
    assert root_by_proof(LEAVES[2], 2, 8, proof[:-1]) is None
    assert root_by_proof(LEAVES[2], 2, 8, [*proof, LEAVES[0]]) is None
