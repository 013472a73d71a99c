from hypothesis import given
from hypothesis import strategies as st

from runcase.store.run_refs import RunRef, joined, refs_of

REFS = st.builds(RunRef, st.text(min_size=1, max_size=8), st.text(max_size=12))


@given(st.lists(REFS, max_size=5, unique=True))
def test_what_is_written_is_read_again(refs):
    assert refs_of(joined(refs)) == tuple(refs)


def test_plain_ids_are_written_as_they_are():
    assert joined([RunRef("3f"), RunRef("9a", "/data/a,b.db")]) == "3f,9a@/data/a%2Cb.db"
    assert refs_of("3f,,3f,9a") == (RunRef("3f"), RunRef("9a"))
