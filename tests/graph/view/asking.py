"""Questions that tests put to an open page."""


def blocks_drawn(page):
    return page.evaluate("chainshockPage.scene.drawn.map(place => chainshockPage.data.blocks[place].id)")


def selected(page):
    return page.evaluate(
        "() => { const {state, data} = chainshockPage; "
        "return state.selected < 0 ? '' : data.blocks[state.selected].id; }"
    )


LABELS = """chainshockPage.labels().map(label => [
    label.x, label.y - label.height / 2, label.x + label.width, label.y + label.height / 2,
])"""
SHARE_LABELLED = """() => {
    const {scene, view, labels} = chainshockPage, now = view();
    const seen = scene.drawn.filter(place => {
        const x = now.x(scene.x.get(place)), y = now.y(scene.y.get(place));
        return x > 0 && x < now.width && y > now.top && y < now.height;
    });
    return labels().length / seen.length;
}"""
FOCUSED = """() => {
    const at = document.activeElement, near = at.nextElementSibling || at;
    const part = at.closest('section,header,footer,nav');
    const seen = [at, near].some(each => getComputedStyle(each).outlineStyle !== 'none');
    return [at.id || (part ? part.id : ''), at === document.body || seen, at.outerHTML.slice(0, 120)];
}"""
